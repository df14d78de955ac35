import CostModel
import Quantities

/// From work and a machine's rates to a time.
///
/// On one core, arithmetic and transfers add up: what is loaded is used at once, and the window in which a core reorders
/// instructions is shorter than the latency of the last cache and of memory. Several cores divide that time among them,
/// until memory gives no more: then the transfers at the rate of all cores together decide. Operations add up, as each
/// waits for the one before. Matrix products take their measured times, loads included.
///
/// - Source: the execution-cache-memory model without overlap: Stengel, Treibig, Hager, Wellein (arXiv:1410.5010) §2.
struct TimeLaw {
  /// The machine.
  let rates: MachineRates
  /// How much longer a byte at a reuse distance takes now than when the rates were measured.
  var drift: (Double) -> Double = { _ in 1 }
  /// The same of arithmetic.
  var coreDrift = 1.0

  /// What the caches of one core hold.
  let privateBytes: Double

  init(rates: MachineRates) {
    self.rates = rates
    privateBytes = Double(rates.identity.caches.dropLast().last?.size.count ?? 0)
  }

  /// The parts of one operation's time.
  struct Parts: Hashable, Sendable {
    var start = 0.0
    /// Transfers within a core's own caches, and from beyond them.
    var near = 0.0
    var far = 0.0
    var arithmetic = 0.0
    var products = 0.0
    var overlaps = false
    /// Transfers at the rate of all threads together.
    var saturated = 0.0
    /// The same operation on one thread, where that takes part.
    var serial = Double.infinity

    var memory: Double { near + far }
    /// One core's part.
    var core: Double { overlaps ? max(arithmetic + near, far) : arithmetic + near + far }
    var total: Double { min(serial, start + max(core, saturated)) + products }
  }

  /// What the machine was not measured for.
  struct MissingRate: Error, CustomStringConvertible {
    var what: String
    var description: String { "the profile has no rate for \(what); measure the machine again" }
  }

  /// The time of one operation whose touches lie at these distances.
  func parts(_ work: Work, distances: [Double]) throws -> Parts {
    var parts = Parts()
    let p = work.threads
    parts.overlaps = work.overlaps
    parts.arithmetic = try arithmetic(work, threads: p)
    (parts.near, parts.far) = try memory(work, distances, threads: 1, sharedBy: p)
    if p > 1 {
      let together = try memory(work, distances, threads: p, sharedBy: 1)
      parts.saturated = together.near + together.far
      if work.starts {
        // Where the second thread wakes later than the first one would take for everything, it finds nothing to do.
        var alone = Parts(arithmetic: try arithmetic(work, threads: 1), overlaps: work.overlaps)
        (alone.near, alone.far) = try memory(work, distances, threads: 1, sharedBy: 1)
        parts.serial = alone.core
      }
    }
    if work.starts, p > 1 {
      // A thread that is done with its part sleeps while it waits for the next call.
      guard let latency = rates.startLatency(threads: p, .idle) else {
        throw MissingRate(what: "starting \(p) threads")
      }
      parts.start = latency.value
    }
    for product in work.products {
      guard let rate = rates.productRate(product, threads: work.threads) else {
        throw MissingRate(what: "matrix products with \(work.threads) threads")
      }
      parts.products += coreDrift * Double(product.flops.count) / rate.value
    }
    return parts
  }

  /// Every touch at the rate of the operation's whole mix at the touch's own distance.
  ///
  /// The rates are those of `threads` threads; `cores` divide the bytes, each at that rate, and a core's private caches
  /// hold its own part.
  private func memory(_ work: Work, _ distances: [Double], threads: Int, sharedBy cores: Int) throws
    -> (near: Double, far: Double)
  {
    var traffic = MemoryTraffic(read: 0)
    for touch in work.touches {
      if let store = touch.store {
        traffic.written[store, default: 0] += touch.bytes
      } else {
        traffic.read += touch.bytes
      }
    }
    let all = traffic.accesses
    guard all > 0 else { return (0, 0) }
    // Touches at one distance are one lookup.
    var shares: [Double: Double] = [:]
    for (touch, distance) in zip(work.touches, distances) { shares[distance, default: 0] += touch.bytes / all }
    var (near, far) = (0.0, 0.0)
    for (distance, share) in shares.sorted(by: { $0.key < $1.key }) {
      let own = distance / Double(cores)
      let isNear = own <= privateBytes
      let size = Bytes(Int(min(isNear ? own : distance, CacheHistory.memory)))
      guard let time = rates.memoryTime(traffic, arrays: work.arrays, workingSet: size, threads: threads) else {
        throw MissingRate(what: "memory with \(threads) threads")
      }
      let seconds = share * time.value * drift(distance) / Double(cores)
      if isNear { near += seconds } else { far += seconds }
    }
    return (near, far)
  }

  /// Every kind of result at its own rate; a number moved by itself costs four instructions, as the lane is not
  /// known before: its index, the load or store, and two that select the lane.
  private func arithmetic(_ work: Work, threads: Int) throws -> Double {
    func rate(_ kind: VectorWork) throws -> Double {
      guard let rate = rates.vectorRate(kind, threads: threads) else {
        throw MissingRate(what: "\(kind.rawValue) with \(threads) threads")
      }
      return rate.value
    }
    var time = try work.vector.sorted { $0.key.rawValue < $1.key.rawValue }.reduce(0) { sum, part in
      part.value > 0 ? sum + part.value / (try rate(part.key)) : sum
    }
    if work.moved > 0 { time += 4 * work.moved * KernelBlocking.lanes / (try rate(.multiplyAdd)) }
    return time * coreDrift
  }

  /// The time of operations that run over and over, in the state that the caches are in then.
  func parts(repeating works: [Work]) throws -> [Parts] {
    var history = CacheHistory()
    for work in works { _ = history.distances(work) }
    return try works.map { try parts($0, distances: history.distances($0)) }
  }
}
