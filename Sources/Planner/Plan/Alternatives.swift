public import CostModel

/// The same run with other connections: what each would take.
public struct Alternative: Sendable {
  /// The connection.
  public let connection: Connection
  /// n.
  public let streams: Int
  /// How far it is fused.
  public let fusion: Fusion
  /// Its plan.
  public let plan: Plan
  /// The largest microbatch that fits; 0 when none does.
  public let largestMicrobatch: Int
}

extension Planner {
  /// Residual, HC and mHC side by side, with the streams that HC's paper tries.
  ///
  /// - Parameter layout: the layout for all of them.
  /// - Returns: the residual; HC unfused and mHC at this planner's fusion, each with 1, 2, 4 and 8 streams, and with
  ///   this planner's own number of streams where that is another.
  /// - Throws: ``PlanError`` for a layout that does not exist.
  public func alternatives(_ layout: Layout) throws -> [Alternative] {
    let counts = Set([1, 2, 4, 8, setup.streams]).sorted()
    let mixed: Connection = [.residual, .hyper].contains(setup.connection) ? .manifold : setup.connection
    let fusion = mixed == setup.connection ? setup.fusion : .paper
    let choices =
      [(Connection.residual, 1, Fusion.unfused)] + counts.map { (.hyper, $0, .unfused) }
      + counts.filter { mixed.allows(streams: $0) }.map { (mixed, $0, fusion) }
    return try choices.map { connection, streams, fusion in
      var setup = connection == .residual ? self.setup.withResidual : self.setup
      setup.connection = connection
      setup.streams = streams
      setup.fusion = fusion
      let planner = try with(setup)
      return Alternative(
        connection: connection, streams: streams, fusion: fusion, plan: try planner.plan(layout),
        largestMicrobatch: try planner.largestMicrobatch(layout))
    }
  }
}
