import CostModel
public import LayerRuntime

/// Something that can be predicted and timed.
public struct TimeCase: Hashable, Sendable {
  /// How much of a layer it is.
  public enum Scope: String, CaseIterable, Hashable, Sendable {
    /// One kernel over all tokens.
    case operation
    /// A whole connection around F(u) = u.
    case connection
    /// What recompute runs again for a layer inside a block.
    case recompute
    /// A training step of a stack.
    case step
  }

  /// What is run.
  public enum Subject: Hashable, Sendable {
    /// One operation.
    case operation(ConnectionOperation)
    /// A pass of a connection.
    case forward, backward
    /// Layer input and output streams again.
    case recompute
    /// A step of a stack.
    case step(StackCase)
  }

  /// What is run.
  public var subject: Subject
  /// The connection.
  public var connection: ConnectionKind
  /// How it is cut into kernels.
  public var implementation: Implementation
  /// T, n and C.
  public var shape: LayerShape
  /// How streams are stored.
  public var format: StreamFormat
  /// Threads.
  public var team: ThreadTeam

  /// How much of a layer it is.
  public var scope: Scope {
    switch subject {
    case .operation: .operation
    case .forward, .backward: .connection
    case .recompute: .recompute
    case .step: .step
    }
  }

  /// The operation or pass in words.
  public var operation: String {
    switch subject {
    case .operation(let operation): operation.rawValue
    case .forward: "forward"
    case .backward: "backward"
    case .recompute: "recompute"
    case .step(let stack): "step \(stack.configuration.blocks.label)"
    }
  }

  /// Connection and implementation.
  public var scheme: String { "\(connection.rawValue) \(implementation.rawValue)" }

  /// `n4 C1024 T2048 fp32 2 threads`.
  public var size: String {
    "n\(shape.streams) C\(shape.channels) T\(shape.tokens) \(format.rawValue) \(team.count) thr"
  }

  /// What `--case` takes.
  public var name: String {
    if case .step(let stack) = subject { return "step/" + stack.name }
    let words = operation.split(separator: " ").joined(separator: "-")
    return [
      words, connection.rawValue, implementation.rawValue, "n\(shape.streams)", "c\(shape.channels)",
      "t\(shape.tokens)", format.rawValue, "\(team.count)-threads",
    ].joined(separator: "/")
  }

  /// Bytes of one stream tensor.
  var streamBytes: Int { shape.tokens * shape.streamElements * format.bytes }

  /// What it does, for the prediction: the list that is costed is the list that is run.
  func works() throws -> [Work] {
    let streaming = streamBytes >= ConnectionLayer.streamingBytes
    let work = ConnectionWork(
      connection, shape, .deepSeekV4, format, threads: team.count, streaming: streaming, variant: .best)
    let plan = ConnectionPlan(connection, implementation, channels: shape.channels)
    switch subject {
    case .operation(let operation): return try work.works([operation], tiled: false)
    case .forward: return try work.forwardIdentity(plan)
    case .backward: return try work.backwardIdentity(plan)
    case .recompute:
      return try work.works([.preMix], tiled: false) + work.works(plan.after, tiled: false)
    case .step(let stack): return try StepWork.works(stack.configuration)
    }
  }
}
