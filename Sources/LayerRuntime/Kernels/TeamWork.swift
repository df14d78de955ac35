import CMHCKernels

/// Work on a range that a team shares.
///
/// A value and not a closure: threads are given its address, and handing it over allocates nothing, which a closure that
/// leaves its function does.
protocol TeamWork: Sendable {
  /// Does the work of one range.
  ///
  /// - Parameters:
  ///   - range: a part of all.
  ///   - thread: the part's number, below the team's count; no two parts that run at once share it.
  func run(_ range: Range<Int>, thread: Int)
  /// ``TeamJob/run(_:_:)`` of this type, as C calls it.
  static var part: mhck_part { get }
}

/// Work and how it is divided.
struct TeamJob<Work: TeamWork>: Sendable {
  let work: Work
  let total: Int
  let granule: Int
  let parts: Int

  /// Does one part.
  func run(_ index: Int) {
    let granules = (total + granule - 1) / granule
    let start = granules * index / parts * granule
    let end = min(total, granules * (index + 1) / parts * granule)
    if start < end { work.run(start..<end, thread: index) }
  }

  /// Does one part of the job at an address.
  static func run(_ address: UnsafeRawPointer, _ index: Int) {
    address.assumingMemoryBound(to: TeamJob<Work>.self).pointee.run(index)
  }
}

/// A closure as work; handing it over allocates.
struct ClosureWork: TeamWork {
  let body: @Sendable (Range<Int>, Int) -> Void
  static let part: mhck_part = { TeamJob<ClosureWork>.run($0, $1) }
  func run(_ range: Range<Int>, thread: Int) { body(range, thread) }
}
