import CostModel
import Quantities

/// The constants of a device at every corner of their ranges.
///
/// A time is t0 + max(bytes / (η B), FLOPs / (η' P)).
struct Roofline: Sendable {
  /// 1 / (η B), in seconds a byte.
  let secondsPerByte: Corners
  /// 1 / (η' P) of the layer function's matrix products, in seconds a FLOP.
  let matrix: Corners
  /// 1 / (η' P) of attention cores.
  let attention: Corners
  /// 1 / P of the connection's matrix products, which take tf32 inputs where there are such units.
  let connectionMatrix: Double
  /// 1 / P of vector arithmetic.
  let vector: Double
  /// t0, in seconds.
  let latency: Corners
  /// Bytes moved for a byte written: 2 where a store first reads its line.
  let writeFactor: Double

  init(_ hardware: Hardware, matrixFormat: MatrixFormat) {
    func end(_ range: Estimate<Double>, _ end: Corner.End) -> Double {
      switch end {
      case .slow: range.low
      case .expected: range.expected
      case .fast: range.high
      }
    }
    let bandwidth = hardware.memoryBandwidth.value.value
    secondsPerByte = Corners { 1 / (bandwidth * end(hardware.memoryEfficiency.value, $0.memory)) }
    let peak = Self.peak(hardware, matrixFormat)
    matrix = Corners { 1 / (peak * end(hardware.matrixEfficiency.value, $0.matrix)) }
    let attentionPeak = Self.peak(hardware, .bfloat16)
    attention = Corners { 1 / (attentionPeak * end(hardware.attentionEfficiency.value, $0.matrix)) }
    connectionMatrix = 1 / (hardware.matrixPeak[.tensorFloat32] ?? hardware.vectorPeak).value.value
    vector = 1 / hardware.vectorPeak.value.value
    let latencies = hardware.kernelLatency.value
    latency = Corners { corner in
      switch corner.memory {
      case .slow: latencies.high.value
      case .expected: latencies.expected.value
      case .fast: latencies.low.value
      }
    }
    writeFactor = hardware.hasWriteAllocate.value ? 2 : 1
  }

  /// P in FLOP a second: of the format, or of bf16, or of the vector lanes, whichever the device has first.
  static func peak(_ hardware: Hardware, _ format: MatrixFormat) -> Double {
    (hardware.matrixPeak[format] ?? hardware.matrixPeak[.bfloat16] ?? hardware.vectorPeak).value.value
  }

  /// The time of one operation of a connection on `tokens` tokens, in seconds.
  func seconds(_ kernel: KernelCost, tokens: Double) -> Corners {
    let rate = kernel.unit == .matrix ? connectionMatrix : vector
    let arithmetic = Corners(repeating: Double(kernel.flopsPerToken) * tokens * rate)
    let memory = movedBytes(kernel, tokens: tokens) * secondsPerByte
    return Double(kernel.launches) * latency + pointwiseMax(memory, arithmetic)
  }

  /// The times of several operations, one after the other.
  func seconds(_ kernels: [KernelCost], tokens: Double) -> Corners {
    var total = Corners.zero
    for kernel in kernels { total += seconds(kernel, tokens: tokens) }
    return total
  }

  /// Bytes that one operation of a connection moves, written lines counted twice where they are read first.
  func movedBytes(_ kernel: KernelCost, tokens: Double) -> Double {
    let read = Double(kernel.readBytesPerToken) * tokens + Double(kernel.readBytesPerCall)
    let written = Double(kernel.writtenBytesPerToken) * tokens + Double(kernel.writtenBytesPerCall)
    return read + writeFactor * written
  }

  /// The time of a row of a layer function for each token that a device works on, t0 apart, in seconds.
  func secondsPerToken(_ row: LayerKindCost.WorkCost, scale: Double) -> Corners {
    let rate: Corners =
      switch row.kind {
      case .matrix: matrix
      case .attention: attention
      case .vector: Corners(repeating: vector)
      }
    return scale * pointwiseMax(Double(row.bytesPerToken) * secondsPerByte, row.flopsPerToken * rate)
  }
}
