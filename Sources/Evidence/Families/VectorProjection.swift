/// The projection without matrix units, which TensorRT-LLM runs where DeepGEMM does not: before Hopper.
///
/// Its kernel multiplies on the vector lanes and loads every weight, 4 bytes, once for a token. A multiprocessor's
/// first-level cache hands out 128 bytes a cycle, so that a token's nC elements take nC (n² + 2n) 4 / 128 cycles. That
/// is the least time, with every load a hit: an assumption, as no row of the built-in tables shows this kernel.
///
/// - Source: mhcGemmSqrsumFmaKernel in cpp/tensorrt_llm/kernels/mhcKernels/mhcKernels.cu of NVIDIA/TensorRT-LLM.
enum VectorProjection {
  /// Bytes of the streams that a multiprocessor takes in a cycle; nil where another kernel runs.
  static func bytesPerCycle(_ row: Measurement, on device: Device) -> Double? {
    guard row.source == "trtllm", let capability = device.capability, capability < 90 else { return nil }
    let outputs = Double(row.streams * row.streams + 2 * row.streams)
    return 128 / (4 * outputs) * 2
  }
}
