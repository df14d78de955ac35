import CProbes
public import CostModel
public import Quantities

/// One kind of vector work on numbers in registers or in the nearest cache.
public final class VectorProbe: Probe {
  /// What is done.
  public let work: VectorWork
  /// Threads, each with numbers of its own.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam
  private static let floats = Int(MHCP_VECTOR_FLOATS)

  /// A probe; nil where the buffer is too small for it.
  public init?(_ work: VectorWork, threads: Int, buffer: ProbeBuffer, variant: ProbeVariant = .best) {
    guard threads > 0, threads * (Self.floats + ProbeBuffer.padding) <= buffer.size.count / 4 else { return nil }
    self.work = work
    self.threads = threads
    self.buffer = buffer
    self.variant = variant
    team = ProbeTeam(threads: threads)
    // It begins with ones, as the C side asks, and leaves results behind.
    buffer.reset(floats: threads * (Self.floats + ProbeBuffer.padding))
    let number = Int32(VectorWork.allCases.firstIndex(of: work) ?? 0)
    resultsInRound = Elements(threads * variant.table.pointee.vector(buffer.base, number, 1))
  }

  /// Results of one repetition, all threads together.
  public let resultsInRound: Elements

  /// The work and the threads.
  public var label: String { "vector \(work.rawValue), \(threads) threads" }

  /// Rounds of the work, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    let (shared, variant) = (SharedFloats(base: buffer.base), variant)
    let number = Int32(VectorWork.allCases.firstIndex(of: work) ?? 0)
    return team.time(repetitions: repetitions) { thread, repetitions in
      _ = variant.table.pointee.vector(
        shared.base + thread * (Self.floats + ProbeBuffer.padding), number, repetitions)
    }
  }
}
