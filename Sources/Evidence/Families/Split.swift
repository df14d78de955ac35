/// Which rows constants are learned on, and which they are tested on.
///
/// Of every set of rows alike in source, version, system and operation, four are learned: the smallest tensor, the
/// largest, the narrowest with most tokens, the widest with fewest. The rows between them are the test. The rule looks
/// at sizes only, never at a time.
public enum Split {
  /// What a split says: for reports.
  public static let rule =
    "learned: of the rows alike in source, version, system and operation, the smallest tensor, the largest, the "
    + "narrowest with most tokens and the widest with fewest; tested: all others"

  /// Whether a row is among these, its time apart: a row measured twice is the same row.
  public static func contains(_ learned: [Measurement]) -> (Measurement) -> Bool {
    let keys = Set(learned.map(\.key))
    return { keys.contains($0.key) }
  }

  /// The rows that constants are learned on.
  public static func learned(of rows: [Measurement]) -> [Measurement] {
    let groups = Dictionary(grouping: rows) { [$0.source, $0.version, $0.system, $0.operation.rawValue] }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { corners($0.value) }
  }

  private static func corners(_ rows: [Measurement]) -> [Measurement] {
    func size(_ row: Measurement) -> Double { Double(row.tokens) * Double(row.channels) }
    let found = [
      rows.min { (size($0), $0.channels) < (size($1), $1.channels) },
      rows.max { (size($0), $0.channels) < (size($1), $1.channels) },
      rows.min { ($0.channels, -$0.tokens) < ($1.channels, -$1.tokens) },
      rows.max { ($0.channels, -$0.tokens) < ($1.channels, -$1.tokens) },
    ]
    var seen: Set<Measurement> = []
    return found.compactMap { $0 }.filter { seen.insert($0).inserted }
  }
}
