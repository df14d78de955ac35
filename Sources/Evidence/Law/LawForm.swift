/// What binds a kernel besides its launch.
public enum LawForm: String, CaseIterable, Hashable, Sendable {
  /// t = t0 + bytes / (η B).
  case streaming
  /// t = t0 + max(bytes / (η B), τ T): blocks that walk over all tokens one after the other.
  case serial
  /// t = t0 + τ T: few bytes, a chain of dependent steps a token.
  case latency
  /// t = t0 + other / (η B) + max(matrix / (η B), matrix / (ρ S)): S cycles a second of all multiprocessors, each of
  /// which takes in and converts ρ bytes a cycle for the projection.
  case onChip

  /// The form for an operation of a kernel family.
  ///
  /// - Source: TileKernels' projection backward (norm_fn_kernel.py) loops over the tokens within a block of channels;
  ///   DeepGEMM's projection (tf32_hc_prenorm_gemm) converts bf16 to tf32 on its way to the matrix units.
  public static func of(_ operation: TimedOperation, source: String) -> LawForm {
    switch operation {
    case .sinkhornForward, .sinkhornBackward: .latency
    case .projectionBackward where source == "tilelang": .serial
    case .pre: .onChip
    default: .streaming
    }
  }
}
