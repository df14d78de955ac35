import CostModel
import Quantities

/// One choice of every uncertain constant of a device.
///
/// A time is t0 + max(bytes / (η B), FLOPs / (η' P)); the constants are ranges, and a range of times needs the choices
/// at their ends.
struct RooflinePoint: Sendable {
  /// η B, in bytes a second.
  let bandwidth: Double
  /// η' P of the layer function's matrix products, in FLOP a second.
  let matrixRate: Double
  /// η' P of attention cores.
  let attentionRate: Double
  /// Peak of the connection's matrix products, which take tf32 inputs where there are such units.
  let connectionMatrixRate: Double
  /// Peak of vector arithmetic.
  let vectorRate: Double
  /// t0, in seconds.
  let latency: Double
  /// Bytes moved for a byte written: 2 where a store first reads its line.
  let writeFactor: Double

  /// Which end of each range is taken.
  struct Choice: Sendable {
    /// Of what moves bytes: bandwidth and latency.
    var memory: End
    /// Of the layer function's matrix products.
    var matrix: End

    enum End: Sendable { case slow, expected, fast }
  }

  init(_ hardware: Hardware, matrixFormat: MatrixFormat, _ choice: Choice) {
    func pick(_ range: Estimate<Double>, _ end: Choice.End) -> Double {
      switch end {
      case .slow: range.low
      case .expected: range.expected
      case .fast: range.high
      }
    }
    bandwidth = hardware.memoryBandwidth.value.value * pick(hardware.memoryEfficiency.value, choice.memory)
    let vector = hardware.vectorPeak.value.value
    matrixRate = Self.peak(hardware, matrixFormat) * pick(hardware.matrixEfficiency.value, choice.matrix)
    attentionRate = Self.peak(hardware, .bfloat16) * pick(hardware.attentionEfficiency.value, choice.matrix)
    connectionMatrixRate = hardware.matrixPeak[.tensorFloat32]?.value.value ?? vector
    vectorRate = vector
    let latencies = hardware.kernelLatency.value
    latency =
      switch choice.memory {
      case .slow: latencies.high.value
      case .expected: latencies.expected.value
      case .fast: latencies.low.value
      }
    writeFactor = hardware.hasWriteAllocate.value ? 2 : 1
  }

  /// P in FLOP a second: of the format, or of bf16, or of the vector lanes, whichever the device has first.
  static func peak(_ hardware: Hardware, _ format: MatrixFormat) -> Double {
    (hardware.matrixPeak[format] ?? hardware.matrixPeak[.bfloat16] ?? hardware.vectorPeak).value.value
  }

  /// The time of one operation of a connection on `tokens` tokens, in seconds.
  func seconds(_ kernel: KernelCost, tokens: Double) -> Double {
    let rate = kernel.unit == .matrix ? connectionMatrixRate : vectorRate
    return Double(kernel.launches) * latency
      + max(movedBytes(kernel, tokens: tokens) / bandwidth, Double(kernel.flopsPerToken) * tokens / rate)
  }

  /// Bytes that one operation of a connection moves, written lines counted twice where they are read first.
  func movedBytes(_ kernel: KernelCost, tokens: Double) -> Double {
    let read = Double(kernel.readBytesPerToken) * tokens + Double(kernel.readBytesPerCall)
    let written = Double(kernel.writtenBytesPerToken) * tokens + Double(kernel.writtenBytesPerCall)
    return read + writeFactor * written
  }

  /// The time of a row of a layer function, in seconds.
  ///
  /// - Parameters:
  ///   - kind: what limits the row.
  ///   - flops: on this device.
  ///   - bytes: on this device.
  func seconds(_ kind: WorkRow.Kind, flops: Double, bytes: Double) -> Double {
    let rate: Double =
      switch kind {
      case .matrix: matrixRate
      case .attention: attentionRate
      case .vector: vectorRate
      }
    return latency + max(bytes / bandwidth, flops / rate)
  }

  func seconds(_ kernels: [KernelCost], tokens: Double) -> Double {
    var total = 0.0
    for kernel in kernels { total += seconds(kernel, tokens: tokens) }
    return total
  }
}
