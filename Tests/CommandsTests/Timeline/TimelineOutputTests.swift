import Foundation
import Quantities
import Schedules
import TestSupport
import Testing

@testable import Commands

/// A step as a trace and as text.
@Suite struct `Timelines as output` {
  static func step(_ schedule: ScheduleName, stages: Int, microbatches: Int) throws -> StepTimeline {
    let pipeline = try Pipeline(schedule, stages: stages, microbatches: microbatches)
    let block = BlockWork(
      forward: Picoseconds(2_000_001), recompute: Picoseconds(500_000), backwardInput: Picoseconds(2_000_000),
      backwardWeight: Picoseconds(2_000_000), kept: Bytes(1 << 20), keptForWeights: Bytes(1 << 18),
      transient: Bytes(1 << 19))
    let message = Message(time: Picoseconds(250_000), buffer: Bytes(1 << 10))
    let part = PartWork(blocks: [block, block], forwardMessage: message, backwardMessage: message)
    return try StepTimeline(
      pipeline, work: Array(repeating: part, count: pipeline.parts),
      fixed: Array(repeating: Bytes(1 << 30), count: stages))
  }

  @Test(arguments: [ScheduleName.interleaved, .zeroBubbleV, .dualPipe])
  func `A trace has every event, in its lane, with its times to the picosecond`(schedule: ScheduleName) throws {
    let step = try Self.step(schedule, stages: 2, microbatches: 4)
    let tree = try JSONTree(ChromeTrace.text(step))
    let events = try #require(tree["traceEvents"]).elements
    let slices = events.filter { $0["ph"]?.string == "X" }
    #expect(slices.count == step.stages.reduce(0) { $0 + $1.events.count })
    for stage in step.stages {
      let mine = slices.filter { $0["pid"]?.int == ChromeTrace.process(ofStage: stage.stage) }
      for (slice, event) in zip(mine, stage.events) {
        #expect(slice["tid"]?.int == ChromeTrace.thread(ofStage: stage.stage, event.lane))
        #expect(try picoseconds(slice["ts"]) == event.start.count)
        #expect(try picoseconds(slice["dur"]) == event.end.count - event.start.count)
        #expect(slice["args.microbatch"]?.int == event.microbatch)
        #expect(slice["args.chunk"]?.int == event.chunk)
      }
      let process = ChromeTrace.process(ofStage: stage.stage)
      let names = events.filter { $0["name"]?.string == "thread_name" && $0["pid"]?.int == process }
      #expect(
        Set(names.compactMap { $0["tid"]?.int })
          == Set(stage.events.map { ChromeTrace.thread(ofStage: stage.stage, $0.lane) }))
    }
    #expect(tree["otherData.stepPicoseconds"]?.int == step.makespan.count)
    #expect(tree["otherData.peakBytesOfStages"]?.elements.map(\.int) == step.stages.map { $0.peakMemory.count })
  }

  @Test(arguments: [ScheduleName.zeroBubbleH1, .dualPipe])
  func `The memory track of a trace reaches the peak and ends where it began`(schedule: ScheduleName) throws {
    let step = try Self.step(schedule, stages: 2, microbatches: 4)
    let events = try #require(JSONTree(ChromeTrace.text(step))["traceEvents"]).elements
    for stage in step.stages {
      let process = ChromeTrace.process(ofStage: stage.stage)
      let counters = events.filter { $0["ph"]?.string == "C" && $0["pid"]?.int == process }
      let sums = counters.map { counter in
        MemoryPurpose.allCases.reduce(0) { $0 + (counter["args.\($1.key)"]?.int ?? -1 << 40) }
      }
      #expect(sums.max() == stage.peakMemory.count)
      #expect(sums.last == 1 << 30)
    }
  }

  @Test func `A trace marks where a backward pass enters another block`() throws {
    let step = try Self.step(.oneForwardOneBackward, stages: 2, microbatches: 3)
    let events = try #require(JSONTree(ChromeTrace.text(step))["traceEvents"]).elements
    let marks = events.filter {
      $0["cat"]?.string == "block boundary" && $0["pid"]?.int == ChromeTrace.process(ofStage: 0)
    }
    #expect(marks.compactMap { $0["args.block"]?.int } == [1, 0, 1, 0, 1, 0])
    #expect(marks.compactMap { $0["args.microbatch"]?.int } == [0, 0, 1, 1, 2, 2])
  }

  /// Of the Trace Event Format each phase's fields; and Perfetto's rules: see ``ChromeTrace``.
  @Test(arguments: ScheduleName.allCases)
  func `A trace has the fields of its phases, one thread a number, names first and nothing that overlaps`(
    schedule: ScheduleName
  ) throws {
    let step = try Self.step(schedule, stages: 4, microbatches: 8)
    let tree = try JSONTree(ChromeTrace.text(step))
    #expect(["ms", "ns"].contains(tree["displayTimeUnit"]?.string ?? ""))
    let events = try #require(tree["traceEvents"]).elements
    var processOfThread: [Int: Int] = [:]
    var ends: [Int: [(start: Int, end: Int)]] = [:]
    var named: Set<Int> = []
    var isPastNames = false
    for event in events {
      let (phase, pid) = (try #require(event["ph"]?.string), try #require(event["pid"]?.int))
      let tid = try #require(event["tid"]?.int)
      #expect(event["name"]?.string?.isEmpty == false)
      #expect(processOfThread[tid] ?? pid == pid)
      processOfThread[tid] = pid
      if phase == "M" {
        #expect(!isPastNames)
        #expect(event["args.name"]?.string != nil || event["args.sort_index"]?.int != nil)
        if event["name"]?.string == "thread_name" { named.insert(tid) }
        continue
      }
      isPastNames = true
      let start = try picoseconds(event["ts"])
      #expect(start >= 0)
      switch phase {
      case "X":
        let length = try picoseconds(event["dur"])
        #expect(length >= 0 && named.contains(tid))
        ends[tid, default: []].append((start, start + length))
      case "C":
        for purpose in MemoryPurpose.allCases { #expect(event["args.\(purpose.key)"]?.double != nil) }
      case "i": #expect(event["s"]?.string == "t")
      default: Issue.record("phase \(phase)")
      }
    }
    #expect(Set(processOfThread.keys).isDisjoint(with: processOfThread.values))
    #expect(Set(processOfThread.values).count == 4)
    for (tid, spans) in ends {
      let ordered = spans.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
      for (first, second) in zip(ordered, ordered.dropFirst()) {
        #expect(first.end <= second.start, "thread \(tid): \(first) and \(second)")
      }
    }
  }

  @Test func `A trace that cannot be written leaves nothing behind`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "trace-\(UUID().uuidString)")
    let file = folder.appending(path: "step.json")
    let arguments = ["plan", "mhc-3b", "--hardware", "h800", "--data", "8", "--trace", file.path]
    expectRefusal(try Tool.run(arguments), 1, mentions: ["step.json", "No such file or directory"])
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try Tool.run(arguments).stderr.isEmpty)
    #expect(
      try JSONTree(String(contentsOf: file, encoding: .utf8))["otherData"]?["schema"]?.string == "mhc-plan/trace/1")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["step.json"])
  }

  @Test func `The text shows a step of two stages and three microbatches as by hand`() throws {
    let pipeline = try Pipeline(.oneForwardOneBackward, stages: 2, microbatches: 3)
    let part = PartWork(
      forward: Picoseconds(1_000_000), backwardInput: Picoseconds(1_000_000), backwardWeight: Picoseconds(1_000_000),
      kept: Bytes(1 << 30))
    let text = TimelineText(try StepTimeline(pipeline, work: [part, part]), width: 12).text
    #expect(
      text == """
        1f1b, 2 stages, 3 microbatches: 12.00 µs, a column is 1.00 µs
        0 |FF··BBFBB·BB| 25.0 % waits, 2.00 GiB, 2 in flight
        1 |·FBBFBBFBB··| 25.0 % waits, 1.00 GiB, 1 in flight
        F forward, B backward, · waits
        """)
  }

  @Test(arguments: [1, 7, 100])
  func `The text is as wide as it is asked to be, whatever the times`(width: Int) throws {
    for schedule in ScheduleName.allCases {
      let step = try Self.step(schedule, stages: 2, microbatches: 4)
      for line in TimelineText(step, width: width).text.split(separator: "\n").dropFirst().dropLast() {
        #expect(line.split(separator: "|", omittingEmptySubsequences: false)[1].count == width)
      }
    }
    let nothing = PartWork(forward: .zero, backwardInput: .zero, backwardWeight: .zero)
    let empty = try StepTimeline(Pipeline(.gpipe, stages: 1, microbatches: 1), work: [nothing])
    #expect(TimelineText(empty, width: width).text.contains("|" + String(repeating: "·", count: width) + "|"))
  }

  /// Microseconds with up to six digits after the point.
  private func picoseconds(_ tree: JSONTree?) throws -> Int {
    guard case .raw(let text)? = tree else { throw CommandFailure("no number", status: .failure) }
    let pieces = text.split(separator: ".")
    let fraction = pieces.count > 1 ? String(pieces[1]) : ""
    let padded = fraction + String(repeating: "0", count: 6 - fraction.count)
    return try #require(Int(pieces[0])) * 1_000_000 + (try #require(Int(padded)))
  }
}
