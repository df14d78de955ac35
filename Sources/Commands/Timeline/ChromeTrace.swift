import FoundationEssentials
import Quantities
import Schedules

/// A step in Chrome's trace format, as Perfetto and chrome://tracing open it.
///
/// A process is a stage, a thread a lane. Times are microseconds, exact to the picosecond. A counter track a stage has its
/// memory by purpose, in bytes; an instant marks where the backward pass enters another recompute block.
///
/// Held to the rules that Perfetto's importer has: it knows a thread by its number alone, whatever the process, and takes the
/// process's number for its main thread, so that no number comes twice; names come before all events; events of one thread
/// do not overlap.
/// - Source: Perfetto, src/trace_processor/importers/json/json_trace_parser_impl.cc, `UpdateThreadName`;
///   docs/faq.md, "overlapping events".
struct ChromeTrace {
  /// Numbers set aside for a stage: its own, and one for each lane.
  private static let numbersPerStage = 16

  static func process(ofStage stage: Int) -> Int { (stage + 1) * numbersPerStage }

  static func thread(ofStage stage: Int, _ lane: Lane) -> Int { process(ofStage: stage) + 1 + Int(lane.rawValue) }

  private var out = ""
  private var isFirst = true

  /// The trace of a step whose events were recorded.
  static func text(_ step: StepTimeline) -> String {
    var trace = ChromeTrace()
    trace.write(step)
    return trace.out
  }

  private mutating func write(_ step: StepTimeline) {
    let pipeline = step.pipeline
    out += "{\"otherData\":{\"schema\":\"mhc-plan/trace/1\",\"schedule\":\"\(pipeline.schedule.rawValue)\","
    out += "\"stages\":\(pipeline.stages),\"microbatches\":\(pipeline.microbatches),\"chunks\":\(pipeline.chunks),"
    out += "\"stepPicoseconds\":\(step.makespan.count),\"peakBytesOfStages\":["
    out += step.stages.map { String($0.peakMemory.count) }.joined(separator: ",")
    out += "]},\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
    for stage in step.stages { name(stage, lanes: Set(stage.events.map(\.lane))) }
    for stage in step.stages {
      for event in stage.events { write(event, stage.stage) }
      writeBoundaries(stage)
      writeMemory(stage)
    }
    out += "\n]}\n"
  }

  private mutating func begin() {
    if !isFirst { out += ",\n" }
    isFirst = false
  }

  private mutating func name(_ stage: StageTimeline, lanes: Set<Lane>) {
    let process = Self.place(stage.stage, .compute)
    begin()
    out += "{\"ph\":\"M\",\"name\":\"process_name\",\(process),\"args\":{\"name\":\"stage \(stage.stage)\"}}"
    begin()
    out += "{\"ph\":\"M\",\"name\":\"process_sort_index\",\(process),\"args\":{\"sort_index\":\(stage.stage)}}"
    for lane in Lane.allCases where lanes.contains(lane) {
      let thread = Self.place(stage.stage, lane)
      begin()
      out += "{\"ph\":\"M\",\"name\":\"thread_name\",\(thread),\"args\":{\"name\":\"\(lane.title)\"}}"
      begin()
      out += "{\"ph\":\"M\",\"name\":\"thread_sort_index\",\(thread),\"args\":{\"sort_index\":\(lane.rawValue)}}"
    }
  }

  private mutating func write(_ event: TimelineEvent, _ stage: Int) {
    begin()
    out += "{\"ph\":\"X\",\"name\":\"\(event.title)\",\"cat\":\"\(event.kind.title)\","
    out += "\(Self.place(stage, event.lane)),\"ts\":\(microseconds(event.start.count)),"
    out += "\"dur\":\(microseconds(event.end.count - event.start.count)),"
    out += "\"args\":{\"kind\":\"\(event.kind.title)\",\"microbatch\":\(event.microbatch),\"chunk\":\(event.chunk)"
    if event.block >= 0 { out += ",\"block\":\(event.block)" }
    if event.backwardMicrobatch >= 0 {
      out += ",\"backwardMicrobatch\":\(event.backwardMicrobatch),\"backwardChunk\":\(event.backwardChunk)"
    }
    out += "}}"
  }

  /// Where a backward pass enters another block: its recompute, or its gradients where it is stored.
  private mutating func writeBoundaries(_ stage: StageTimeline) {
    var last: (chunk: Int, microbatch: Int, block: Int) = (-1, -1, -1)
    for event in stage.events where event.lane == .compute && event.block >= 0 {
      let isPair = event.kind == .pair
      let here = (
        chunk: isPair ? event.backwardChunk : event.chunk,
        microbatch: isPair ? event.backwardMicrobatch : event.microbatch, block: event.block
      )
      if here != last {
        begin()
        out += "{\"ph\":\"i\",\"s\":\"t\",\"name\":\"block \(here.block)\",\"cat\":\"block boundary\","
        out += "\(Self.place(stage.stage, .compute)),\"ts\":\(microseconds(event.start.count)),"
        out += "\"args\":{\"block\":\(here.block),\"microbatch\":\(here.microbatch),\"chunk\":\(here.chunk)}}"
      }
      last = here
    }
  }

  private mutating func writeMemory(_ stage: StageTimeline) {
    var held = Array(repeating: 0, count: MemoryPurpose.allCases.count)
    for (index, change) in stage.memory.enumerated() {
      held[Int(change.purpose.rawValue)] += change.change.count
      // Only what is held when all that happens at one moment has happened.
      let next = index + 1
      if next < stage.memory.count, stage.memory[next].time == change.time { continue }
      begin()
      out += "{\"ph\":\"C\",\"name\":\"memory (bytes)\",\(Self.place(stage.stage, .compute)),"
      out += "\"ts\":\(microseconds(change.time.count)),\"args\":{"
      out += MemoryPurpose.allCases.map { "\"\($0.key)\":\(held[Int($0.rawValue)])" }.joined(separator: ",")
      out += "}}"
    }
  }

  private static func place(_ stage: Int, _ lane: Lane) -> String {
    "\"pid\":\(process(ofStage: stage)),\"tid\":\(thread(ofStage: stage, lane))"
  }

  /// Picoseconds as microseconds, exactly.
  private func microseconds(_ picoseconds: Int) -> String {
    let (whole, fraction) = picoseconds.quotientAndRemainder(dividingBy: 1_000_000)
    if fraction == 0 { return String(whole) }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 6 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}
