public import Quantities

/// One device as the roofline sees it.
///
/// Every number carries its source and its kind.
public struct Hardware: Hashable, Sendable {
  /// `h100-sxm`.
  public var name: String
  /// What people call it: `NVIDIA H100 SXM5 80 GB`.
  public var title: String
  /// Device memory, as the driver reports it: what a process could allocate at most.
  public var memoryCapacity: Sourced<Bytes>
  /// B: peak bandwidth of the device memory, reads and writes together.
  public var memoryBandwidth: Sourced<BytesPerSecond>
  /// η: the fraction of B that a memory-bound kernel reaches.
  public var memoryEfficiency: Sourced<Estimate<Double>>
  /// Whether a store first reads the line it writes (CPU caches without streaming stores).
  public var hasWriteAllocate: Sourced<Bool>
  /// P: dense peak of the matrix units by format of their inputs; bf16 is always there.
  public var matrixPeak: [MatrixFormat: Sourced<FLOPsPerSecond>]
  /// η': the fraction of P that the layer function's matrix products reach (the MFU of F).
  public var matrixEfficiency: Sourced<Estimate<Double>>
  /// The fraction of P that the attention kernel reaches, forward and backward.
  public var attentionEfficiency: Sourced<Estimate<Double>>
  /// Peak of the vector lanes in fp32.
  public var vectorPeak: Sourced<FLOPsPerSecond>
  /// t0: what starting a kernel costs before its first byte.
  public var kernelLatency: Sourced<Estimate<Seconds>>
  /// How it reaches other devices; nil for a device on its own.
  public var interconnect: Interconnect?
  /// Kernels whose constants were learned on it.
  public var kernels: [KernelConstants]

  /// A device of these numbers.
  public init(
    name: String, title: String, memoryCapacity: Sourced<Bytes>, memoryBandwidth: Sourced<BytesPerSecond>,
    memoryEfficiency: Sourced<Estimate<Double>>, hasWriteAllocate: Sourced<Bool>,
    matrixPeak: [MatrixFormat: Sourced<FLOPsPerSecond>], matrixEfficiency: Sourced<Estimate<Double>>,
    attentionEfficiency: Sourced<Estimate<Double>>, vectorPeak: Sourced<FLOPsPerSecond>,
    kernelLatency: Sourced<Estimate<Seconds>>, interconnect: Interconnect? = nil,
    kernels: [KernelConstants] = []
  ) {
    self.name = name
    self.title = title
    self.memoryCapacity = memoryCapacity
    self.memoryBandwidth = memoryBandwidth
    self.memoryEfficiency = memoryEfficiency
    self.hasWriteAllocate = hasWriteAllocate
    self.matrixPeak = matrixPeak
    self.matrixEfficiency = matrixEfficiency
    self.attentionEfficiency = attentionEfficiency
    self.vectorPeak = vectorPeak
    self.kernelLatency = kernelLatency
    self.interconnect = interconnect
    self.kernels = kernels
  }
}
