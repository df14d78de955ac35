public import Quantities

/// What the memory of a stage is for, on a timeline.
public enum MemoryPurpose: UInt8, CaseIterable, Hashable, Sendable {
  /// Always there: weights, gradients, optimizer state, fixed buffers.
  case fixed
  /// Activations held from the forward pass for the backward pass.
  case activations
  /// What the gradients of the weights wait with, after the gradients of the inputs are done.
  case weightGradients
  /// A block that is being recomputed.
  case recompute
  /// Held during a forward pass only: logits.
  case forwardTransient
  /// Messages on their way, at both ends.
  case messages

  /// The purpose in a few words.
  public var title: String {
    switch self {
    case .fixed: "weights, gradients, optimizer, buffers"
    case .activations: "activations kept"
    case .weightGradients: "kept for the weights' gradients"
    case .recompute: "block being recomputed"
    case .forwardTransient: "logits"
    case .messages: "messages"
    }
  }
}

/// An allocation, or a release, at a moment.
public struct MemoryChange: Hashable, Sendable {
  /// When.
  public let time: Picoseconds
  /// What for.
  public let purpose: MemoryPurpose
  /// Bytes more; less than nothing for a release.
  public let change: Bytes
}
