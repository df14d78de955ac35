public import Quantities

/// Which factor of a matrix product is stored transposed.
public enum ProductForm: String, CaseIterable, Hashable, Sendable {
  /// Y = X W, the forward pass.
  case plain
  /// dX = dY Wᵀ.
  case rightTransposed = "right-transposed"
  /// dW = Xᵀ dY.
  case leftTransposed = "left-transposed"
}

/// The sizes of one single-precision matrix product [rows, inner] · [inner, columns].
public struct ProductShape: Hashable, Sendable {
  /// Rows of the left factor and the result: tokens, in a layer's forward pass.
  public let rows: Int
  /// Columns of the right factor and the result.
  public let columns: Int
  /// What is summed over.
  public let inner: Int
  /// Which factor is stored transposed.
  public let form: ProductForm

  /// A shape; nil unless every size is 1 to 2²⁰.
  public init?(rows: Int, columns: Int, inner: Int, form: ProductForm = .plain) {
    guard [rows, columns, inner].allSatisfy({ (1...(1 << 20)).contains($0) }) else { return nil }
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.form = form
  }

  /// Multiplications and additions, of which 64 bits hold any.
  public var flops: FLOPs { FLOPs(2 * rows * columns * inner) }
}

/// The measured rate of one matrix product.
public struct ProductRate: Hashable, Sendable {
  /// What was multiplied.
  public let shape: ProductShape
  /// Threads that the library was told to use.
  public let threads: Int
  /// Products done one after the other in each sample.
  public let repetitions: Int
  /// The time of each sample.
  public let samples: Samples

  /// A measured rate; nil unless threads are above zero and repetitions 1 to 2³⁰.
  public init?(shape: ProductShape, threads: Int, repetitions: Int, samples: Samples) {
    guard threads > 0, (1...(1 << 30)).contains(repetitions) else { return nil }
    self.shape = shape
    self.threads = threads
    self.repetitions = repetitions
    self.samples = samples
  }

  /// FLOPs a second; by the median.
  public var rate: FLOPsPerSecond {
    FLOPsPerSecond(Double(shape.flops.count) * Double(repetitions) / samples.median.value)
  }
}

extension MachineRates {
  /// The rate of a matrix product of any shape.
  ///
  /// Of the measured products with as many threads and the same form, or of all forms where that form was not measured:
  /// the mean of the times of a FLOP, each weighted by the inverse fourth power of its distance, which is taken between the
  /// logarithms of the three sizes. A measured shape has its own rate.
  ///
  /// - Returns: FLOPs a second; nil where no product was measured with so many threads.
  public func productRate(_ shape: ProductShape, threads: Int) -> FLOPsPerSecond? {
    let sameThreads = products.filter { $0.threads == threads }
    let sameForm = sameThreads.filter { $0.shape.form == shape.form }
    var (weights, sum) = (0.0, 0.0)
    for point in sameForm.isEmpty ? sameThreads : sameForm {
      let differences = [
        logarithm(Double(shape.rows) / Double(point.shape.rows)),
        logarithm(Double(shape.columns) / Double(point.shape.columns)),
        logarithm(Double(shape.inner) / Double(point.shape.inner)),
      ]
      let squared = differences.reduce(0) { $0 + $1 * $1 }
      if squared == 0 { return point.rate }
      weights += 1 / (squared * squared)
      sum += 1 / (squared * squared) / point.rate.value
    }
    return weights > 0 ? FLOPsPerSecond(weights / sum) : nil
  }
}
