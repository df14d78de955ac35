import CostModel

/// Which rows of the ledger a timed operation runs.
enum LedgerRows {
  /// The rows of one call.
  ///
  /// TileLang's aggregate backward adds to the stream's gradient in place, as the paper ledger's row does; Triton's
  /// writes a gradient of its own, as the unfused ledger's does.
  static func of(_ operation: TimedOperation, source: String) -> [Operation] {
    switch operation {
    case .projectionForward: forward(["project"])
    case .sinkhornForward: forward(["sinkhorn"])
    case .aggregateForward: forward(["pre-mix"])
    case .postForward, .post: forward(["merge"])
    case .pre: forward(["project", "coefficients", "sinkhorn", "pre-mix"])
    case .projectionBackward: backward(["project backward"])
    case .sinkhornBackward: backward(["sinkhorn backward"])
    case .postBackward: backward(["merge backward"])
    case .aggregateBackward where source == "tilelang": backward(["pre-mix backward"])
    case .aggregateBackward: unfused.backward.operations.filter { $0.name == "pre-mix backward" }
    }
  }

  private static func forward(_ names: [String]) -> [Operation] {
    paper.forward.operations.filter { names.contains($0.name) }
  }

  private static func backward(_ names: [String]) -> [Operation] {
    paper.backward.operations.filter { names.contains($0.name) }
  }

  // mHC exists at both levels.
  private static let paper = ledger(.paper)
  private static let unfused = ledger(.unfused)

  private static func ledger(_ fusion: Fusion) -> ConnectionLedger {
    guard let ledger = ConnectionLedger.of(.manifold, fusion: fusion) else {
      preconditionFailure("mHC has a ledger at every level of fusion")
    }
    return ledger
  }
}
