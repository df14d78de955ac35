/// The paper's letters, for writing formulas as it prints them.
enum Notation {
  /// n: residual streams.
  static let n = Formula(.streams)
  /// C: channels.
  static let C = Formula(.channels)
  /// t: Sinkhorn-Knopp iterations.
  static let t = Formula(.sinkhornIterations)
}
