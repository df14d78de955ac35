import Quantities

extension Planner {
  /// The largest microbatch that fits, all else equal.
  ///
  /// The microbatches of a step stay as many as the layout has, so that as many are in flight. Memory grows with the
  /// microbatch, so doubling and halving find the largest.
  ///
  /// - Parameter layout: the layout whose microbatch is replaced.
  /// - Returns: sequences; 0 when not even one fits.
  /// - Throws: ``PlanError`` for a layout that does not exist.
  public func largestMicrobatch(_ layout: Layout) throws -> Int {
    try layout.check(limits)
    let count = layout.microbatches
    func fits(_ microbatch: Int) throws -> Bool {
      var candidate = layout
      candidate.microbatch = microbatch
      do {
        candidate.globalBatch = try product("sequences of a step", microbatch, layout.data, count)
        guard candidate.globalBatch <= Layout.largestSize else { return false }
        return try plan(candidate).verdict.fits
      } catch is OverflowError {
        // More than 64 bits can count fits nowhere.
        return false
      }
    }
    guard try fits(1) else { return 0 }
    var fitting = 1
    while try fits(2 * fitting) { fitting *= 2 }
    var step = fitting / 2
    while step > 0 {
      if try fits(fitting + step) { fitting += step }
      step /= 2
    }
    return fitting
  }
}
