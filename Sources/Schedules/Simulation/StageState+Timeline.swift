import Quantities

extension StageState {
  /// The finished stage.
  func timeline(_ index: Int, fixed: Bytes, recordsEvents: Bool) -> StageTimeline {
    let memory = inOrder()
    var (now, peak, peakTime) = (fixed.count, fixed.count, 0)
    var held = Array(repeating: 0, count: MemoryPurpose.allCases.count)
    held[Int(MemoryPurpose.fixed.rawValue)] = fixed.count
    var heldAtPeak = held
    for change in memory {
      now += change.change.count
      held[Int(change.purpose.rawValue)] += change.change.count
      if now > peak {
        (peak, peakTime) = (now, change.time.count)
        heldAtPeak = held
      }
    }
    var atPeak: [MemoryPurpose: Bytes] = [:]
    for purpose in MemoryPurpose.allCases where heldAtPeak[Int(purpose.rawValue)] > 0 {
      atPeak[purpose] = Bytes(heldAtPeak[Int(purpose.rawValue)])
    }
    let start = MemoryChange(time: .zero, purpose: .fixed, change: fixed)
    return StageTimeline(
      stage: index, start: Picoseconds(max(0, firstStart)), end: Picoseconds(computeEnd), busy: Picoseconds(busy),
      peakInFlight: peakInFlight, peakMemory: Bytes(peak), peakTime: Picoseconds(peakTime), memoryAtPeak: atPeak,
      events: events, memory: recordsEvents ? [start] + memory : [])
  }

  /// All changes in order.
  ///
  /// At one moment messages are released first and allocated last; the rest is in the order in
  /// which it is computed, so that what one pass frees the next can use.
  private func inOrder() -> [MemoryChange] {
    guard !messageChanges.isEmpty else { return changes }
    let messages = messageChanges.sorted {
      ($0.time.count, $0.change.count) < ($1.time.count, $1.change.count)
    }
    var result: [MemoryChange] = []
    result.reserveCapacity(changes.count + messages.count)
    var next = 0
    for change in changes {
      while next < messages.count {
        let message = messages[next]
        guard message.time < change.time || (message.time == change.time && message.change.count < 0) else { break }
        result.append(message)
        next += 1
      }
      result.append(change)
    }
    result.append(contentsOf: messages[next...])
    return result
  }
}
