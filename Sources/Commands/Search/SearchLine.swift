import Search

/// One line of a part of a search: the part itself, or one plan that its findings rest on.
///
/// Every line tells what search and part it is of, so that lines of all parts can be mixed in any order.
struct SearchLine: Codable, Hashable {
  static let schema = "mhc-plan/search-part/1"

  var schema = Self.schema
  /// The digest of the search.
  var search: String
  /// Which part, counted from 1.
  var shard: Int
  var shards: Int
  /// Once a part.
  var part: Part?
  /// Once a plan.
  var plan: SearchEntry?
  /// The digest of the line without this key.
  var check = ""

  /// What a part has to tell besides its plans.
  struct Part: Codable, Hashable {
    var header: SearchHeader
    var complete: Bool
    var layouts: Int
    var planned: Int
    var plannedAsAsked: Int
    var fitting: Int
    /// Lines with plans.
    var plans: Int
  }

  /// The line as text.
  func text() throws -> String {
    var line = self
    line.check = try digest()
    return try CanonicalJSON.text(line)
  }

  /// What `check` has to be.
  func digest() throws -> String {
    var line = self
    line.check = ""
    return Digest.of(try CanonicalJSON.text(line))
  }

  /// The lines of a part.
  static func lines(
    _ header: SearchHeader, _ shard: Shard, _ result: SweepResult, _ entries: [Candidate: SearchEntry]
  ) throws -> [String] {
    let digest = try header.digest
    let (kept, tally) = (result.findings.kept.compactMap { entries[$0] }, result.tally)
    let part = Part(
      header: header, complete: result.isComplete, layouts: tally.layouts, planned: tally.planned,
      plannedAsAsked: tally.asked, fitting: tally.fitting, plans: kept.count)
    let first = SearchLine(search: digest, shard: shard.number, shards: shard.count, part: part)
    let rest = kept.map { SearchLine(search: digest, shard: shard.number, shards: shard.count, plan: $0) }
    return try ([first] + rest).map { try $0.text() }
  }
}
