import CMHCKernels

/// The vector kernels of one instruction set.
public struct KernelVariant: @unchecked Sendable, Hashable, CustomStringConvertible {
  /// The kernels; a table that lives as long as the program.
  let table: UnsafePointer<mhck_table>

  /// `avx512-amx`, `avx512-bf16-pairs`, `avx512-bf16`, `avx512`, `avx2`, `baseline` or `neon`.
  ///
  /// The first three differ from `avx512` in kernels of bfloat16 streams alone: the processor rounds, and numbers below
  /// 2⁻¹²⁶ become zero. `avx512-bf16-pairs` multiplies pairs of bfloat16 forwards, with φ of 16 significant bits, where the
  /// paper has 11; on Intel's processors that is slower than products of floats. `avx512-amx` multiplies tiles with as many
  /// bits, of four streams backwards too, and takes the gradients of projections so.
  public var name: String { String(cString: table.pointee.name) }
  /// The name.
  public var description: String { name }

  /// The variants that this processor can run, the fastest first; never empty.
  public static let supported: [KernelVariant] = {
    var count = 0
    guard let tables = mhck_variants(&count) else { preconditionFailure("the kernels are linked in") }
    return (0..<count).compactMap { index in
      guard let table = tables[index], let isSupported = table.pointee.is_supported, isSupported() != 0 else {
        return nil
      }
      return KernelVariant(table: table)
    }
  }()

  /// The fastest variant that this processor can run.
  public static var best: KernelVariant { supported[0] }
}

/// How streams and their gradients are stored; everything else is float32, and every sum is.
public enum StreamFormat: String, CaseIterable, Hashable, Sendable {
  case float32 = "fp32"
  case bfloat16 = "bf16"

  /// Bytes of one element.
  public var bytes: Int { self == .float32 ? 4 : 2 }
}

extension mhck_table {
  func streams(_ format: StreamFormat) -> mhck_stream_kernels { format == .float32 ? f32 : bf16 }
}

extension Convention {
  /// The convention as the kernels take it.
  var kernel: mhck_convention {
    let form: Int32 =
      switch sinkhorn {
      case .softmaxEpsilon: 0
      case .expRowColumn: 1
      case .columnRow: 2
      case .logarithmic: 3
      }
    return mhck_convention(
      sinkhorn: form, iterations: Int32(iterations), sinkhorn_epsilon: Float(sinkhornEpsilon),
      norm_epsilon: rootMeanSquare == .normEpsilon ? 1 : 0, rms_epsilon: Float(rootMeanSquareEpsilon),
      pre_epsilon: Float(preEpsilon), post_multiplier: Float(postMultiplier))
  }

  /// The strides of a matrix of n streams.
  func kernelOrientation(streams n: Int) -> mhck_orientation {
    orientation == .outputByInput
      ? mhck_orientation(output_stride: n, input_stride: 1) : mhck_orientation(output_stride: 1, input_stride: n)
  }
}
