/// What a matrix unit multiplies: the format of its inputs, which sets its peak.
///
/// Not a ``NumberFormat``: tf32 rounds stored fp32 scalars on their way into the unit and is never stored itself. mHC's
/// projection reads its parameters so.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (10), §4.3.1: φ in tfloat32.
public enum MatrixFormat: String, CaseIterable, Hashable, Sendable {
  /// Full single precision; most devices have no matrix unit for it.
  case float32 = "fp32"
  /// fp32 with 10 bits of fraction.
  case tensorFloat32 = "tf32"
  /// bfloat16.
  case bfloat16 = "bf16"
  /// Eight bits, whatever the split and the scales.
  case float8 = "fp8"
  /// Four bits, whatever the scales.
  case float4 = "fp4"
}
