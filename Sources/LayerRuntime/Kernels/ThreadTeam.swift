import CMHCKernels

/// Threads that share the tokens of a call.
///
/// Tokens are divided the same way in every call, and a part's memory goes with its number, so results do not depend on
/// which thread is quick. The threads belong to the process and wait from call to call.
public struct ThreadTeam: Hashable, Sendable {
  /// How many threads take part.
  public let count: Int

  /// Tokens a thread takes at a time; the coefficient kernels work on as many at once.
  static let granule = 16

  /// A team.
  /// - Throws: ``RuntimeError/invalid(_:expected:found:)`` outside 1...256.
  public init(_ count: Int) throws(RuntimeError) {
    guard (1...256).contains(count) else { throw .invalid("threads", expected: "1 to 256", found: "\(count)") }
    self.count = count
  }

  /// A single thread: the caller's.
  public static let single = ThreadTeam(unchecked: 1)
  private init(unchecked count: Int) { self.count = count }

  /// Does work on consecutive ranges of `0..<total`, one a thread, and waits for all of them.
  ///
  /// - Parameters:
  ///   - total: what is shared, such as tokens.
  ///   - granule: ranges begin at multiples of it.
  ///   - work: takes a range and the number of the part, below ``count``.
  func run<Work: TeamWork>(_ total: Int, granule: Int = Self.granule, _ work: Work) {
    guard total > 0 else { return }
    let job = TeamJob(
      work: work, total: total, granule: granule, parts: min(count, (total + granule - 1) / granule))
    if job.parts == 1 {
      job.run(0)
    } else {
      withUnsafePointer(to: job) { mhck_team_run(job.parts, Work.part, $0) }
    }
  }

  /// The same for a closure, outside a training step: handing one over allocates.
  func run(_ total: Int, granule: Int = Self.granule, _ body: @Sendable (Range<Int>, Int) -> Void) {
    withoutActuallyEscaping(body) { run(total, granule: granule, ClosureWork(body: $0)) }
  }
}
