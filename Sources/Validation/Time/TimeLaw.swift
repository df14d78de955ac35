import CostModel
import Quantities

/// From work and a machine's rates to a time.
///
/// One operation takes the larger of its memory time and its arithmetic time: a core loads ahead while it computes, so
/// the shorter of the two hides behind the longer. Operations of one pass add up, as each waits for the one before;
/// within a tile they do too, as what a tile loads is loaded by its first operation. Matrix products add their measured
/// times, loads included.
struct TimeLaw {
  /// The machine.
  let rates: MachineRates
  /// How much longer a byte at a reuse distance takes now than when the rates were measured.
  var drift: (Double) -> Double = { _ in 1 }
  /// The same of arithmetic.
  var coreDrift = 1.0

  init(rates: MachineRates) { self.rates = rates }

  /// The parts of one operation's time.
  struct Parts: Hashable, Sendable {
    var start = 0.0
    var memory = 0.0
    var arithmetic = 0.0
    var products = 0.0
    var total: Double { start + max(memory, arithmetic) + products }
  }

  /// What the machine was not measured for.
  struct MissingRate: Error, CustomStringConvertible {
    var what: String
    var description: String { "the profile has no rate for \(what); measure the machine again" }
  }

  /// The time of one operation whose touches lie at these distances.
  func parts(_ work: Work, distances: [Double]) throws -> Parts {
    var parts = Parts()
    if work.starts, work.threads > 1 {
      guard let latency = rates.startLatency(threads: work.threads, .warm) else {
        throw MissingRate(what: "starting \(work.threads) threads")
      }
      parts.start = latency.value
    }
    parts.memory = try memory(work, distances)
    parts.arithmetic = try arithmetic(work)
    for product in work.products {
      guard let rate = rates.productRate(product, threads: work.threads) else {
        throw MissingRate(what: "matrix products with \(work.threads) threads")
      }
      parts.products += coreDrift * Double(product.flops.count) / rate.value
    }
    return parts
  }

  /// Every touch at the rate of the operation's whole mix at the touch's own distance.
  private func memory(_ work: Work, _ distances: [Double]) throws -> Double {
    var traffic = MemoryTraffic(read: 0)
    for touch in work.touches {
      if let store = touch.store {
        traffic.written[store, default: 0] += touch.bytes
      } else {
        traffic.read += touch.bytes
      }
    }
    let all = traffic.accesses
    guard all > 0 else { return 0 }
    // Touches at one distance are one lookup.
    var shares: [Double: Double] = [:]
    for (touch, distance) in zip(work.touches, distances) { shares[distance, default: 0] += touch.bytes / all }
    return try shares.sorted { $0.key < $1.key }.reduce(0) { sum, part in
      let size = Bytes(Int(min(part.key, CacheHistory.memory)))
      guard let time = rates.memoryTime(traffic, arrays: work.arrays, workingSet: size, threads: work.threads) else {
        throw MissingRate(what: "memory with \(work.threads) threads")
      }
      return sum + part.value * time.value * drift(part.key)
    }
  }

  /// Every kind of result at its own rate; a number moved by itself costs one vector instruction.
  private func arithmetic(_ work: Work) throws -> Double {
    func rate(_ kind: VectorWork) throws -> Double {
      guard let rate = rates.vectorRate(kind, threads: work.threads) else {
        throw MissingRate(what: "\(kind.rawValue) with \(work.threads) threads")
      }
      return rate.value
    }
    var time = try work.vector.sorted { $0.key.rawValue < $1.key.rawValue }.reduce(0) { sum, part in
      part.value > 0 ? sum + part.value / (try rate(part.key)) : sum
    }
    if work.moved > 0 { time += work.moved * KernelBlocking.lanes / (try rate(.multiplyAdd)) }
    return time * coreDrift
  }

  /// The time of operations that run over and over, in the state that the caches are in then.
  func parts(repeating works: [Work]) throws -> [Parts] {
    var history = CacheHistory()
    for work in works { _ = history.distances(work) }
    return try works.map { try parts($0, distances: history.distances($0)) }
  }
}
