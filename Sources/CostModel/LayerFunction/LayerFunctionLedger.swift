/// Parameters, forward work and saved tensors of one layer function: the F of `x + F(x)`.
///
/// The connection owns what stands around F: the streams x, the layer input u = H_pre x, its RMSNorm output and the
/// layer output y. They are in no row here. The pre-norm's weight is a parameter here; its work is ``PreNorm``, which
/// some connections do in a kernel of theirs.
///
/// What is kept follows from four rules, those of Megatron-LM with Transformer Engine: a matrix product keeps its
/// input, a norm its input (and a statistic that is not counted), an activation function its input, and
/// FlashAttention keeps q, k, v, its output and the log-sum-exp of the scores. Rotary positions, reshapes and additions
/// keep nothing, as a rotation is undone by its inverse. There is no dropout. One tensor that two of them keep is one
/// row.
/// - Source: Korthikanti et al. (arXiv:2205.05198) §4 for the way of counting; FlashAttention (arXiv:2205.14135) §3.1
///   for what its backward pass needs.
public struct LayerFunctionLedger: Hashable, Sendable {
  /// Learned tensors.
  public var parameters: [ParameterRow]
  /// The forward pass, in order.
  public var forward: [WorkRow]
  /// What the backward pass reads.
  public var saved: [SavedRow]

  /// A ledger of these rows.
  public init(parameters: [ParameterRow] = [], forward: [WorkRow] = [], saved: [SavedRow] = []) {
    self.parameters = parameters
    self.forward = forward
    self.saved = saved
  }

  /// The rows of both.
  public static func + (left: LayerFunctionLedger, right: LayerFunctionLedger) -> LayerFunctionLedger {
    LayerFunctionLedger(
      parameters: left.parameters + right.parameters, forward: left.forward + right.forward,
      saved: left.saved + right.saved)
  }

  /// Learned scalars: the sum of the rows.
  public var parameterCount: Formula { parameters.reduce(.zero) { $0 + $1.count } }
  /// Forward FLOPs of one sequence: the sum of the rows.
  public var forwardFLOPsPerSequence: Formula { forward.reduce(.zero) { $0 + $1.flopsPerSequence } }

  /// The rows still kept at a level of recompute.
  public func saved(at level: RecomputeLevel) -> [SavedRow] { saved.filter { $0.droppedBy > level } }

  /// The rows that a level of recompute runs again.
  ///
  /// At ``RecomputeLevel/full`` that is every row, as frameworks do, although the last product's output is held by the
  /// connection and could be spared.
  public func rerun(at level: RecomputeLevel) -> [WorkRow] { forward.filter { $0.rerunBy <= level } }

  /// Elements a token kept at a level of recompute: the sum of the rows.
  public func savedElementsPerToken(at level: RecomputeLevel) -> Formula {
    saved(at: level).reduce(.zero) { $0 + $1.elementsPerToken }
  }
}
