public import CostModel
public import LayerRuntime
public import Quantities

/// One matrix product through OpenBLAS, its rows divided between threads that each call the library.
public final class ProductProbe: Probe {
  /// What is multiplied.
  public let shape: ProductShape
  /// Threads that share the rows.
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
    let (shape, blas, threads, shared) = (shape, blas, threads, SharedFloats(base: buffer.base))
    return ProbeTeam(threads: threads).time(repetitions: repetitions) { thread, repetitions in
      let (first, last) = (shape.rows * thread / threads, shape.rows * (thread + 1) / threads)
      let (left, right, result) = Self.matrices(shape, shared.base, first: first)
      // Ones in, and the result is not added to: the numbers stay small.
      for _ in 0..<repetitions {
        blas.multiply(
          rows: last - first, columns: shape.columns, inner: shape.inner, left, right, scale: 1 / Float(shape.inner),
          into: result)
      }
    }
  }

  private static func matrices(
    _ shape: ProductShape, _ base: UnsafeMutablePointer<Float>, first row: Int
  ) -> (left: OpenBLAS.Matrix, right: OpenBLAS.Matrix, result: OpenBLAS.Matrix) {
    // Each begins on a line of its own.
    let second = base + (shape.rows * shape.inner + ProbeBuffer.padding) / 16 * 16
    let third = second + (shape.inner * shape.columns + ProbeBuffer.padding) / 16 * 16
    let left =
      shape.form == .leftTransposed
      ? OpenBLAS.Matrix(base + row, stride: shape.rows).transposed
      : OpenBLAS.Matrix(base + row * shape.inner, stride: shape.inner)
    let right =
      shape.form == .rightTransposed
      ? OpenBLAS.Matrix(second, stride: shape.inner).transposed : OpenBLAS.Matrix(second, stride: shape.columns)
    return (left, right, OpenBLAS.Matrix(third + row * shape.columns, stride: shape.columns))
  }
}
