public import CostModel
public import LayerRuntime
public import Quantities

/// One matrix product through OpenBLAS, with as many of its own threads.
public final class ProductProbe: Probe {
  /// What is multiplied.
  public let shape: ProductShape
  /// Threads that the library is told to use.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let blas: OpenBLAS

  /// A probe; nil where the buffer is too small for it.
  public init?(_ shape: ProductShape, threads: Int, blas: OpenBLAS, buffer: ProbeBuffer) {
    guard threads > 0, Self.bufferSize(shape) <= buffer.size else { return nil }
    self.shape = shape
    self.threads = threads
    self.blas = blas
    self.buffer = buffer
  }

  /// The bytes of the three matrices and room between them.
  public static func bufferSize(_ shape: ProductShape) -> Bytes {
    let floats = shape.rows * shape.inner + shape.inner * shape.columns + shape.rows * shape.columns
    return Bytes(4 * (floats + 4 * ProbeBuffer.padding))
  }

  /// The sizes, the form and the threads.
  public var label: String {
    "product \(shape.rows)×\(shape.inner) · \(shape.inner)×\(shape.columns) \(shape.form.rawValue), \(threads) threads"
  }

  /// Products one after the other.
  public func run(repetitions: Int) -> Seconds? {
    blas.setThreadCount(threads)
    let (left, right, result) = matrices()
    let clock = ContinuousClock()
    var start = clock.now
    for repetition in 0...repetitions {
      // The first is not timed.
      if repetition == 1 { start = clock.now }
      // Ones in, and the result is not added to: the numbers stay small.
      blas.multiply(
        rows: shape.rows, columns: shape.columns, inner: shape.inner, left, right, scale: 1 / Float(shape.inner),
        into: result)
    }
    return Seconds(clock.now - start)
  }

  private func matrices() -> (left: OpenBLAS.Matrix, right: OpenBLAS.Matrix, result: OpenBLAS.Matrix) {
    let first = buffer.base
    // Each begins on a line of its own.
    let second = first + (shape.rows * shape.inner + ProbeBuffer.padding) / 16 * 16
    let third = second + (shape.inner * shape.columns + ProbeBuffer.padding) / 16 * 16
    let left =
      shape.form == .leftTransposed
      ? OpenBLAS.Matrix(first, stride: shape.rows).transposed : OpenBLAS.Matrix(first, stride: shape.inner)
    let right =
      shape.form == .rightTransposed
      ? OpenBLAS.Matrix(second, stride: shape.inner).transposed : OpenBLAS.Matrix(second, stride: shape.columns)
    return (left, right, OpenBLAS.Matrix(third, stride: shape.columns))
  }
}
