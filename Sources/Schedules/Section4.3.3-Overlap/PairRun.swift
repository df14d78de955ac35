/// A pair of passes, kernel by kernel, from its start.
struct PairRun: Sendable {
  /// One stretch of a lane.
  struct Stretch: Sendable {
    var kernel: PairKernel
    var start: Int
    var end: Int
  }

  /// What each lane does, in the order in which it ends.
  private(set) var stretches: [Stretch] = []
  /// From the start to the end of the last kernel.
  private(set) var duration = 0
  /// When the forward message can leave.
  private(set) var forwardReady = 0
  /// When the backward message can leave.
  private(set) var backwardReady = 0
  /// Time in which the device computes, on both streams.
  private(set) var computing = 0

  private let kernels: [PairKernel]
  private let preemptsAttention: Bool
  /// When each kernel ended; -1 before.
  private var ended: [Int]

  /// A kernel at work.
  private struct Running {
    var kernel: Int
    var start: Int
    var left: Int
  }

  /// Runs the kernels on one device.
  ///
  /// The normal stream takes them in order. A kernel of high priority starts as soon as it can: the normal stream's kernel
  /// pauses for it, a persistent one ends first. Communication takes its turns as it becomes ready.
  init(_ pair: PairKernels, preemptsAttention: Bool) {
    kernels = pair.kernels
    self.preemptsAttention = preemptsAttention
    ended = Array(repeating: -1, count: kernels.count)
    run(pair)
    forwardReady = pair.forwardEnd < 0 ? 0 : ended[pair.forwardEnd]
    backwardReady = pair.backwardEnd < 0 ? 0 : ended[pair.backwardEnd]
  }

  private mutating func run(_ pair: PairKernels) {
    var time = 0
    var (normal, urgent, message): (Running?, Running?, Running?)
    var paused: Running?
    var (nextNormal, nextUrgent) = (0, 0)
    var messages = kernels.indices.filter { [kernels] in kernels[$0].place == .communication }
    while true {
      if message == nil, let next = firstReady(messages) {
        message = begin(messages.remove(at: next), at: time)
      }
      if urgent == nil, nextUrgent < pair.priority.count, isReady(pair.priority[nextUrgent]) {
        if let running = normal, preemptsAttention || !kernels[running.kernel].isAttention {
          paused = pause(running, at: time)
          normal = nil
        }
        if normal == nil {
          urgent = begin(pair.priority[nextUrgent], at: time)
          nextUrgent += 1
        }
      }
      if urgent == nil, normal == nil {
        if var running = paused {
          running.start = time
          normal = running
          paused = nil
        } else if nextNormal < pair.order.count, isReady(pair.order[nextNormal]) {
          normal = begin(pair.order[nextNormal], at: time)
          nextNormal += 1
        }
      }
      guard let next = [normal, urgent, message].compactMap({ $0.map { $0.start + $0.left } }).min() else { break }
      time = next
      normal = finish(normal, at: time)
      urgent = finish(urgent, at: time)
      message = finish(message, at: time)
    }
    duration = time
  }

  private func isReady(_ kernel: Int) -> Bool { kernels[kernel].after < 0 || ended[kernels[kernel].after] >= 0 }

  /// The communication that has been ready longest.
  private func firstReady(_ messages: [Int]) -> Int? {
    var first: (index: Int, since: Int)?
    for (index, kernel) in messages.enumerated() where isReady(kernel) {
      let since = kernels[kernel].after < 0 ? 0 : ended[kernels[kernel].after]
      if first == nil || since < (first?.since ?? 0) { first = (index, since) }
    }
    return first?.index
  }

  private func begin(_ kernel: Int, at time: Int) -> Running {
    Running(kernel: kernel, start: time, left: kernels[kernel].time)
  }

  private mutating func pause(_ running: Running, at time: Int) -> Running {
    record(running, until: time)
    return Running(kernel: running.kernel, start: time, left: running.left - (time - running.start))
  }

  private mutating func finish(_ running: Running?, at time: Int) -> Running? {
    guard let running, running.start + running.left == time else { return running }
    record(running, until: time)
    ended[running.kernel] = time
    return nil
  }

  private mutating func record(_ running: Running, until time: Int) {
    guard time > running.start else { return }
    let kernel = kernels[running.kernel]
    if kernel.place != .communication { computing += time - running.start }
    stretches.append(Stretch(kernel: kernel, start: running.start, end: time))
  }
}
