import Messages
import Search

/// The parts of one search put together: each once, none missing, none of another search.
struct MergedParts {
  let header: SearchHeader
  private let partCount: Int
  private(set) var findings: Findings
  private(set) var tally = Tally()
  private(set) var entries: [Candidate: SearchEntry] = [:]

  /// One part's line of its own, and where it stands.
  private struct Part {
    var place: String
    var content: SearchLine.Part
  }

  /// Puts parts together.
  ///
  /// - Parameter lines: the lines of all parts, in any order.
  /// - Throws: `CommandFailure` that names the line or the part that is wrong.
  init(_ lines: [PartFile.Line]) throws {
    guard let first = lines.first else {
      throw CommandFailure("expected the lines of 'search --jsonl', found none", status: .data)
    }
    let parts = try Self.parts(lines, first)
    guard let header = parts[1]?.content.header else { throw Self.missing(parts, first.content.shards) }
    let missing = (1...first.content.shards).lazy.filter { parts[$0] == nil }
    if missing.first != nil { throw Self.missing(parts, first.content.shards) }
    self.header = header
    partCount = first.content.shards
    findings = Findings(limit: header.request.top)
    try check(header, parts)

    var indices: [Int: Set<Candidate>] = [:]
    for line in lines {
      guard let entry = line.content.plan else { continue }
      let candidate = try Self.candidate(entry, line, header)
      guard indices[line.content.shard, default: []].insert(candidate).inserted else {
        throw CommandFailure("\(line.place): expected every plan once, found this one a second time", status: .data)
      }
      entries[candidate] = entry
    }
    for (number, part) in parts.sorted(by: { $0.key < $1.key }) {
      try add(part, number, indices[number] ?? [])
    }
  }

  /// The parts by their number.
  private static func parts(_ lines: [PartFile.Line], _ first: PartFile.Line) throws -> [Int: Part] {
    var parts: [Int: Part] = [:]
    let (search, count) = (first.content.search, first.content.shards)
    for line in lines {
      let content = line.content
      guard content.search == search else {
        throw CommandFailure(
          "\(line.place): search: expected \(search), as at \(first.place), found \(shortened(content.search, to: 60)): "
            + "a part of another search", status: .data)
      }
      guard content.shards == count, count >= 1, count <= 1 << 20 else {
        throw CommandFailure(
          "\(line.place): shards: expected \(count), as at \(first.place), found \(content.shards): "
            + "a part of the same search cut otherwise", status: .data)
      }
      guard (1...count).contains(content.shard) else {
        throw CommandFailure("\(line.place): shard: expected 1 to \(count), found \(content.shard)", status: .data)
      }
      guard (content.part == nil) != (content.plan == nil) else {
        throw CommandFailure("\(line.place): expected one of part and plan, found both or none", status: .data)
      }
      guard let part = content.part else { continue }
      if let other = parts[content.shard] {
        throw CommandFailure(
          "\(line.place): expected part \(content.shard) of \(count) once, found it at \(other.place) too",
          status: .data)
      }
      guard try part.header.digest == search else {
        throw CommandFailure(
          "\(line.place): search: expected \(try part.header.digest), the digest of the header, "
            + "found \(shortened(search, to: 60))", status: .data)
      }
      parts[content.shard] = Part(place: line.place, content: part)
    }
    return parts
  }

  private static func missing(_ parts: [Int: Part], _ count: Int) -> CommandFailure {
    let missing = (1...count).lazy.filter { parts[$0] == nil }
    let shown = missing.prefix(10).map(String.init).joined(separator: ", ")
    return CommandFailure(
      "expected \(count) parts, found \(parts.count): missing \(shown)\(count - parts.count > 10 ? ", ..." : "")",
      status: .data)
  }

  private func check(_ header: SearchHeader, _ parts: [Int: Part]) throws {
    func expect(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard range.contains(value) else {
        throw CommandFailure(
          "\(parts[1]?.place ?? ""): \(key): expected \(range.lowerBound) to \(range.upperBound), found \(value)",
          status: .data)
      }
    }
    try expect("layouts", header.layouts, 0...SearchSpace.largestTrialCount)
    try expect("settings", header.settings, 1...SearchSpace.largestSettingCount)
    try expect("candidates", header.candidates, 0...1 << 40)
    try expect("top", header.request.top, 1...1000)
  }

  /// The candidate of a plan's line.
  private static func candidate(
    _ entry: SearchEntry, _ line: PartFile.Line, _ header: SearchHeader
  ) throws -> Candidate {
    guard let candidate = entry.candidate(in: header.request),
      candidate.question == .asked || header.questions.contains(entry.question)
    else {
      throw CommandFailure("\(line.place): plan: expected one that this search makes, found another", status: .data)
    }
    guard candidate.index < header.candidates else {
      throw CommandFailure(
        "\(line.place): plan.candidate: expected less than \(header.candidates), found \(candidate.index)",
        status: .data)
    }
    return candidate
  }

  /// Adds a part, once its plans are seen to be those that its findings rest on.
  private mutating func add(_ part: Part, _ number: Int, _ candidates: Set<Candidate>) throws {
    let content = part.content
    guard content.complete else {
      throw CommandFailure(
        "\(part.place): expected a complete part, found part \(number) interrupted; run it again", status: .data)
    }
    let counts = [content.layouts, content.planned, content.plannedAsAsked, content.fitting]
    guard counts.allSatisfy({ (0...1 << 40).contains($0) }) else {
      throw CommandFailure("\(part.place): expected counts of 0 to 2⁴⁰, found others", status: .data)
    }
    let share = Shard(number, of: partCount)?.share(of: header.layouts)
    guard content.layouts == share else {
      throw CommandFailure(
        "\(part.place): layouts: expected \(share ?? 0), the part's share of \(header.layouts), found \(content.layouts)",
        status: .data)
    }
    guard content.plans == candidates.count else {
      throw CommandFailure(
        "\(part.place): plans: expected \(content.plans) lines with plans of part \(number), "
          + "found \(candidates.count)", status: .data)
    }
    var own = Findings(limit: header.request.top)
    for candidate in candidates { own.add(candidate) }
    guard own.kept.count == candidates.count else {
      throw CommandFailure(
        "\(part.place): expected only plans that a finding rests on, found \(candidates.count - own.kept.count) more",
        status: .data)
    }
    findings.add(own)
    tally.layouts += content.layouts
    tally.planned += content.planned
    tally.asked += content.plannedAsAsked
    tally.fitting += content.fitting
  }
}
