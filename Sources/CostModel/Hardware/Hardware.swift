public import Quantities

/// One device as the roofline sees it.
///
/// Every number carries its source and its kind.
public struct Hardware: Hashable, Sendable {
  /// `h100-sxm`.
  public var name: String
  /// What people call it: `NVIDIA H100 SXM5 80 GB`.
  public var title: String
  /// Device memory.
  public var memoryCapacity: Sourced<Bytes>
  /// B: peak bandwidth of the device memory.
  public var memoryBandwidth: Sourced<BytesPerSecond>
  /// η: the fraction of B that a memory-bound kernel reaches.
  public var memoryEfficiency: Sourced<Estimate<Double>>
  /// P: dense peak of the matrix units by format of their inputs (bf16 always present).
  public var matrixPeak: [NumberFormat: Sourced<FLOPsPerSecond>]
  /// η': the fraction of P that the layer function's matrix products reach (the MFU of F).
  public var matrixEfficiency: Sourced<Estimate<Double>>
  /// The fraction of P that the attention kernel reaches.
  public var attentionEfficiency: Sourced<Estimate<Double>>
  /// Peak of the vector lanes in fp32.
  public var vectorPeak: Sourced<FLOPsPerSecond>
  /// t0: what starting a kernel costs before its first byte.
  public var kernelLatency: Sourced<Estimate<Seconds>>
  /// Whether a store first reads the line it writes (CPU caches without streaming stores).
  public var hasWriteAllocate: Sourced<Bool>

  /// A device of these numbers.
  public init(
    name: String, title: String, memoryCapacity: Sourced<Bytes>, memoryBandwidth: Sourced<BytesPerSecond>,
    memoryEfficiency: Sourced<Estimate<Double>>, matrixPeak: [NumberFormat: Sourced<FLOPsPerSecond>],
    matrixEfficiency: Sourced<Estimate<Double>>, attentionEfficiency: Sourced<Estimate<Double>>,
    vectorPeak: Sourced<FLOPsPerSecond>, kernelLatency: Sourced<Estimate<Seconds>>, hasWriteAllocate: Sourced<Bool>
  ) {
    self.name = name
    self.title = title
    self.memoryCapacity = memoryCapacity
    self.memoryBandwidth = memoryBandwidth
    self.memoryEfficiency = memoryEfficiency
    self.matrixPeak = matrixPeak
    self.matrixEfficiency = matrixEfficiency
    self.attentionEfficiency = attentionEfficiency
    self.vectorPeak = vectorPeak
    self.kernelLatency = kernelLatency
    self.hasWriteAllocate = hasWriteAllocate
  }
}
