/// Kernels that one law stands for.
public struct KernelFamily: Hashable, Sendable, Comparable {
  /// Who wrote them.
  public var source: String
  /// The stack's version where it matters; empty where all versions run the same kernel.
  public var version: String
  /// What they do.
  public var operation: TimedOperation

  /// The family of a measurement.
  ///
  /// `pre` differs between versions of one engine by up to 1.6 times on the same device; `post` does not.
  init(of measurement: Measurement) {
    source = measurement.source
    operation = measurement.operation
    version = operation == .pre ? measurement.version : ""
  }

  /// A family by its parts.
  public init(source: String, version: String = "", operation: TimedOperation) {
    self.source = source
    self.version = version
    self.operation = operation
  }

  /// By source, operation and version.
  public static func < (left: KernelFamily, right: KernelFamily) -> Bool {
    let order = TimedOperation.allCases
    let places = (order.firstIndex(of: left.operation) ?? 0, order.firstIndex(of: right.operation) ?? 0)
    return (left.source, places.0, left.version) < (right.source, places.1, right.version)
  }
}
