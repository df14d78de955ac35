public import Quantities

/// A kind of work that vector code does on numbers in registers or in the nearest cache.
public enum VectorWork: String, CaseIterable, Hashable, Sendable {
  /// One multiply-add, two FLOPs, on registers alone: the peak of the vector units.
  case multiplyAdd = "multiply-add"
  /// A product of small matrices by vector code: every weight loaded once for a few rows.
  case smallProduct = "small-product"
  /// e^x in single precision.
  case exponential
  /// A division.
  case division
  /// A square root.
  case squareRoot = "square-root"
  /// A bfloat16 number loaded, made a float32 and used in one multiply-add; no result is stored.
  case widening
  /// A float32 number rounded to bfloat16 and stored.
  case rounding
  /// Both products of a backward pass on one tile: a gradient is loaded and stored for every weight.
  case jointProduct = "joint-product"
  /// A line of four numbers divided by its sum, which waits for the lines before: one division, three sums, four products.
  case dependentDivision = "dependent-division"
  /// A number moved into a lane of a vector, or out of one.
  case laneMove = "lane-move"
  /// What a thread does that polls: one hint to the processor that it waits.
  case pause

  /// FLOPs of one result under the ledger's counting rule.
  public var flops: Int {
    switch self {
    case .multiplyAdd, .smallProduct, .jointProduct: 2
    case .exponential, .division, .squareRoot, .dependentDivision: 1
    case .widening, .rounding, .laneMove, .pause: 0
    }
  }
}

/// The measured rate of one kind of vector work.
public struct VectorRate: Hashable, Sendable {
  /// What was done.
  public let work: VectorWork
  /// Threads that did it, each on numbers of its own.
  public let threads: Int
  /// Results of one sample, all threads together.
  public let results: Elements
  /// The time of each sample.
  public let samples: Samples

  /// A measured rate; nil unless threads and results are above zero.
  public init?(work: VectorWork, threads: Int, results: Elements, samples: Samples) {
    guard threads > 0, results.count > 0 else { return nil }
    self.work = work
    self.threads = threads
    self.results = results
    self.samples = samples
  }

  /// Results a second, all threads together; by the median.
  public var rate: ElementsPerSecond { ElementsPerSecond(Double(results.count) / samples.median.value) }
}

extension MachineRates {
  /// The rate of a kind of vector work.
  /// - Returns: Results a second, all threads together; nil where it was not measured with so many threads.
  public func vectorRate(_ work: VectorWork, threads: Int) -> ElementsPerSecond? {
    vector.first { $0.work == work && $0.threads == threads }?.rate
  }
}
