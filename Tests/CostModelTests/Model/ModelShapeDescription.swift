public import CostModel
public import Testing

extension ModelShape: CustomTestStringConvertible {
  /// The name alone: a test's report need not print every layer.
  public var testDescription: String { name }
}
