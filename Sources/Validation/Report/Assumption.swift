import Quantities

/// What the prediction of times takes for granted; each may break, and the worst rows say which did.
public enum Assumption: String, CaseIterable, Hashable, Sendable {
  /// The law itself.
  case overlap
  /// Which cache has what.
  case reuse
  /// Vector code at its peak.
  case peak
  /// The coefficient kernels.
  case lanes
  /// Numbers of another format.
  case conversion
  /// Matrix products.
  case products
  /// Parallel calls.
  case starts

  /// In one sentence.
  public var statement: String {
    switch self {
    case .overlap:
      "an operation takes the time of a probe of the same rows and multiply-adds, and a pass or a step that of a replay of all "
        + "of its operations on memory shared as it shares it; what no probe has is added"
    case .reuse:
      "a tensor is read from the level that the bytes touched since its last use fit in, and each part of an operation's bytes "
        + "takes the probe's time at its own distance"
    case .peak:
      "the projection and its gradients take the time of tall products of the same shape by vector code"
    case .lanes:
      "a number moved between lanes, and a line divided by its sum, cost what they do in the probes"
    case .conversion:
      "a bfloat16 number is widened where it is loaded and rounded where it is stored, as in the probes"
    case .products: "a matrix product that is not replayed runs at the rate of the nearest measured shapes"
    case .starts:
      "a parallel call costs what it takes to reach threads that poll, or sleep after polling in vain, or runs on one "
        + "thread where that is quicker"
    }
  }

  /// The assumption that a row leans on most: the first suspect where it misses.
  public static func suspect(of row: TimeRow) -> Assumption {
    let largest = max(row.parts.memory, row.parts.arithmetic)
    if row.parts.starts > largest, row.parts.starts > row.parts.products { return .starts }
    if row.parts.products > largest { return .products }
    if row.operation.contains("sinkhorn") || row.operation.hasPrefix("coefficients") { return .lanes }
    if row.operation.contains("project") { return .peak }
    if row.size.contains("bf16") { return .conversion }
    if row.scope != .operation { return .overlap }
    let ratio = row.parts.memory.value / max(row.parts.arithmetic.value, 1e-12)
    if ratio > 0.5, ratio < 2 { return .overlap }
    return ratio >= 2 ? .reuse : .peak
  }
}
