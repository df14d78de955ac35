public import Quantities

/// How one scalar is stored.
public enum NumberFormat: String, CaseIterable, Hashable, Sendable {
  case float32 = "fp32"
  case bfloat16 = "bf16"
  case float8 = "fp8"
  case float4 = "fp4"

  /// Bits of one scalar, block scales not included.
  public var bits: Int {
    switch self {
    case .float32: 32
    case .bfloat16: 16
    case .float8: 8
    case .float4: 4
    }
  }

  /// The bytes of `elements` scalars, rounded up to a byte.
  /// - Throws: `OverflowError` when the size does not fit in 64 bits.
  public func bytes(_ elements: Elements) throws(OverflowError) -> Bytes {
    let bits = try product("bits of \(rawValue) elements", elements.count, bits)
    return Bytes(bits / 8 + (bits % 8 == 0 ? 0 : 1))
  }
}

/// What a tensor of the ledger is, which decides the format it is stored in.
public enum TensorClass: String, CaseIterable, Hashable, Sendable {
  /// The n-wide residual streams and their gradients.
  case stream
  /// Inputs and outputs of the layer function and what it keeps.
  case activation
  /// H_pre, H_post, H_res, their logits and gradients.
  case coefficient
  /// φ, α, b and their gradients: read or written once a call, not once a token.
  case parameter
  /// Temporaries that a framework keeps in single precision whatever the streams are.
  case single
}

/// The formats of one run.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (10), §4.3.1: streams bfloat16, coefficients and their parameters float32.
public struct Precision: Hashable, Sendable {
  /// The format of the residual streams: bf16 or fp32.
  public var stream: NumberFormat
  /// The format of the layer function's activations.
  public var activation: NumberFormat

  /// Formats of streams and activations; coefficients and their parameters are always fp32.
  public init(stream: NumberFormat = .bfloat16, activation: NumberFormat = .bfloat16) {
    self.stream = stream
    self.activation = activation
  }

  /// The format of a class of tensors.
  public func format(of tensorClass: TensorClass) -> NumberFormat {
    switch tensorClass {
    case .stream: stream
    case .activation: activation
    case .coefficient, .parameter, .single: .float32
    }
  }
}
