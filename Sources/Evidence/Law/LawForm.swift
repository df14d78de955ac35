/// What binds a kernel besides its launch.
public enum LawForm: String, CaseIterable, Hashable, Sendable {
  /// t = t0 + bytes / (η B).
  case streaming
  /// t = t0 + other / (η B) + max(matrix / (η B), matrix / (ρ S)): S cycles a second of all multiprocessors, each of
  /// which takes in and converts ρ bytes a cycle for the projection.
  case onChip
  /// t = t0 + w b / (ρ S): blocks of a fixed number of tokens, one on a multiprocessor at a time, so that w b, the
  /// bytes of whole waves of blocks, counts and not the bytes of the tokens there are.
  case waves
  /// t = t0 + T (⌊k/2⌋ τ₂ + (k mod 2) τ₁): blocks of channels that walk over all tokens, k on a multiprocessor, two at
  /// a time; with k = 1 a chain of dependent steps a token.
  case serial

  /// The form for an operation of a kernel family.
  ///
  /// - Source: TileKernels' norm_fn_kernel.py: the forward kernel has blocks of 32 tokens, the backward kernel blocks of
  ///   128 channels with a loop over the tokens; DeepGEMM's tf32_hc_prenorm_gemm converts bf16 to tf32 on its way to the
  ///   matrix units.
  public static func of(_ operation: TimedOperation, source: String) -> LawForm {
    switch operation {
    case .sinkhornForward, .sinkhornBackward: .serial
    case .projectionForward where source == "tilelang": .waves
    case .projectionBackward where source == "tilelang": .serial
    case .pre: .onChip
    default: .streaming
    }
  }

  /// Tokens of a block in a kernel that comes in waves.
  static let waveTokens = 32
  /// Channels of all streams in a block of a kernel that walks over tokens.
  static let walkChannels = 128
}
