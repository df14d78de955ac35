public import Quantities

/// What one microbatch takes in one residual layer: its kernels and its communication, in the order in which they depend on
/// each other.
///
/// Forward: preparation, communication before, function, communication after, merge. Backward the same from its end, and
/// the gradients of the weights, which nothing in the step waits for. Communication is with the ranks of the same stage:
/// dispatch and combine of experts, or the gather and scatter of tensor ranks.
/// - Source: mHC (arXiv:2512.24880) §4.3.3; DeepSeek-V3 (arXiv:2412.19437) §3.2.1, Fig. 4.
public struct SublayerWork: Hashable, Sendable {
  /// What the function is.
  public enum Kind: Hashable, Sendable {
    /// Attention: its kernels are long.
    case attention
    /// A dense MLP or experts: its F_post,res can run ahead of other kernels.
    case feedForward
  }

  /// What the function is.
  public var kind: Kind
  /// Coefficients, F_pre and the norm.
  public var preparation = Picoseconds.zero
  /// Communication that the function waits for.
  public var before = Picoseconds.zero
  /// The function.
  public var function = Picoseconds.zero
  /// Communication that the merge waits for.
  public var after = Picoseconds.zero
  /// F_post,res.
  public var merge = Picoseconds.zero
  /// F_post,res backward.
  public var backwardMerge = Picoseconds.zero
  /// Communication that the function's backward pass waits for.
  public var backwardAfter = Picoseconds.zero
  /// The function, gradients of its inputs.
  public var backwardFunction = Picoseconds.zero
  /// Communication that the preparation's backward pass waits for.
  public var backwardBefore = Picoseconds.zero
  /// Coefficients, F_pre and the norm backward.
  public var backwardPreparation = Picoseconds.zero
  /// Gradients of all weights.
  public var weights = Picoseconds.zero

  /// A layer that takes no time; set what it takes.
  public init(_ kind: Kind) { self.kind = kind }

  /// Computing the forward pass.
  var forward: Int { preparation.count + function.count + merge.count }
  /// Communication of the forward pass.
  var forwardCommunication: Int { before.count + after.count }
  /// Computing the gradients of the inputs.
  var backwardInput: Int { backwardMerge.count + backwardFunction.count + backwardPreparation.count }
  /// Communication of the backward pass.
  var backwardCommunication: Int { backwardAfter.count + backwardBefore.count }

  /// Every time.
  var times: [Int] {
    [preparation, before, function, after, merge, backwardMerge, backwardAfter, backwardFunction, backwardBefore]
      .map(\.count) + [backwardPreparation.count, weights.count]
  }
}
