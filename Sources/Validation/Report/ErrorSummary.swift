/// Errors of several rows: signed and absolute.
public struct ErrorSummary: Hashable, Sendable {
  /// What the rows have in common.
  public var name: String
  /// How many rows.
  public var samples: Int
  /// The middle signed error: above zero where the layers were quicker than predicted.
  public var medianError: Double
  /// The middle absolute error.
  public var medianAbsoluteError: Double
  /// The absolute error that nine rows of ten stay within.
  public var p90AbsoluteError: Double
  /// The largest absolute error.
  public var worstAbsoluteError: Double
  /// The row that has it.
  public var worstRow: String

  /// The errors of these rows; nil without any.
  public init?(_ name: String, _ rows: [TimeRow]) { self.init(name, rows, error: \.error) }

  /// The same of another error.
  init?(_ name: String, _ rows: [TimeRow], error: KeyPath<TimeRow, Double>) {
    guard let worst = rows.max(by: { abs($0[keyPath: error]) < abs($1[keyPath: error]) }) else { return nil }
    let errors = rows.map { $0[keyPath: error] }
    let (signed, absolute) = (errors.sorted(), errors.map { abs($0) }.sorted())
    self.name = name
    samples = rows.count
    medianError = Self.quantile(signed, 0.5)
    medianAbsoluteError = Self.quantile(absolute, 0.5)
    p90AbsoluteError = Self.quantile(absolute, 0.9)
    worstAbsoluteError = abs(worst[keyPath: error])
    worstRow = worst.name
  }

  /// One summary a group, in the order of names.
  static func grouped(_ rows: [TimeRow], by key: (TimeRow) -> String) -> [ErrorSummary] {
    Dictionary(grouping: rows, by: key).sorted { $0.key < $1.key }.compactMap { ErrorSummary($0.key, $0.value) }
  }

  /// Linear between neighbours, of values in rising order.
  static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let place = fraction * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
