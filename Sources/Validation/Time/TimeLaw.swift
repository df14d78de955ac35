import CostModel
import Measurement
import Quantities

/// From work and a machine's rates to a time.
///
/// What an operation moves and multiplies is walked by a probe of the same rows, where there are live rates and such a probe;
/// loads, stores, arithmetic and how they overlap are then one measurement. Everything else is put together:
/// on one core arithmetic hides behind transfers as far as it does in the probes that do both, and not at all where narrow
/// strips of many rows are walked: no prefetcher follows these, and a line that comes late holds up the window in which a
/// core reorders instructions. Several cores divide that time among them, until memory gives no more: then the
/// transfers at the rate of all cores together decide. Operations add up, as each
/// waits for the one before. Matrix products take their measured times, loads included.
///
/// - Source: the execution-cache-memory model: Stengel, Treibig, Hager, Wellein (arXiv:1410.5010) §2; how much overlaps
///   differs from processor to processor: Hofmann, Alappat, Hager, Fey, Wellein (arXiv:1907.00048).
struct TimeLaw {
  /// The machine.
  let rates: MachineRates
  /// How much longer a byte at a reuse distance takes now than when the rates were measured.
  var drift: (Double) -> Double = { _ in 1 }
  /// The same of arithmetic.
  var coreDrift = 1.0
  /// Rates of rows, measured when they are asked for; nil to do with the profile alone.
  var live: LiveRates?

  /// What the caches of one core hold.
  let privateBytes: Double
  /// What the last cache holds.
  let lastBytes: Double
  /// Times that were looked up before: the operations of a stack are few, and are predicted in every round.
  private let known = Known()

  /// Looked-up times by what was asked.
  private final class Known {
    struct Question: Hashable {
      var traffic: MemoryTraffic
      var arrays: Int
      var row: Int?
      var size: Int
      var threads: Int
    }
    var answers: [Question: (seconds: Double, hidden: Double)] = [:]
  }

  init(rates: MachineRates) {
    self.rates = rates
    privateBytes = Double(rates.identity.caches.dropLast().last?.size.count ?? 0)
    lastBytes = Double(rates.identity.caches.last?.size.count ?? 0)
  }

  /// The parts of one operation's time.
  struct Parts: Hashable, Sendable {
    var start = 0.0
    /// Transfers within a core's own caches, and from beyond them.
    var near = 0.0
    var far = 0.0
    var arithmetic = 0.0
    var products = 0.0
    /// What of arithmetic and transfers passes at the same time.
    var hidden = 0.0
    /// Transfers at the rate of all threads together.
    var saturated = 0.0
    /// The same operation on one thread, where that takes part.
    var serial = Double.infinity

    var memory: Double { near + far }
    /// One core's part.
    var core: Double { arithmetic + near + far - hidden }
    var total: Double { min(serial, start + max(core, saturated)) + products }
  }

  /// What the machine was not measured for.
  struct MissingRate: Error, CustomStringConvertible {
    var what: String
    var description: String { "the profile has no rate for \(what); measure the machine again" }
  }

  /// The time of one operation whose touches lie at these distances.
  ///
  /// - Parameters:
  ///   - work: the operation.
  ///   - distances: how far its touches lie back.
  ///   - alone: how long the caller has worked alone since the last parallel call.
  /// - Returns: the parts of its time.
  /// - Throws: ``MissingRate`` for what the machine was not measured for.
  func parts(_ work: Work, distances: [Double], alone: Double = 0) throws -> Parts {
    let p = work.threads
    let start = try start(work, alone: alone)
    var parts: Parts
    if let seconds = rows(work, distances, threads: p) {
      // A product's time is for its multiply-adds, that of rows for what they move.
      if case .product = work.movement { parts = Parts(arithmetic: seconds) } else { parts = Parts(far: seconds) }
      // A warm call is shorter than what is worth sharing.
      if start.isIdle { parts.serial = rows(work, distances, threads: 1) ?? .infinity }
    } else if let columns = work.columns, let seconds = live?.seconds(columns, tokens: work.tokens, threads: p) {
      parts = Parts(arithmetic: seconds)
    } else {
      parts = try core(work, distances, threads: p)
      if p > 1 {
        let together = try memory(work, distances, threads: p, sharedBy: 1)
        parts.saturated = together.near + together.far
        if work.starts, work.products.isEmpty {
          // Where the second thread wakes later than the first one would take for everything, it finds nothing to do.
          parts.serial = try core(work, distances, threads: 1).core
        }
      }
    }
    parts.start = start.seconds
    for product in work.products {
      guard let rate = rates.productRate(product, threads: work.threads) else {
        throw MissingRate(what: "matrix products with \(work.threads) threads")
      }
      parts.products += coreDrift * Double(product.flops.count) / rate.value
    }
    return parts
  }

  /// The time of an operation that walks rows and does nothing else, as a probe of the same rows takes it on as many
  /// threads; nil for other operations, and without live rates.
  ///
  /// A tensor that was used longer ago than the others is in another cache. Every part of the bytes takes the time of a
  /// probe that comes back to its own after as many bytes.
  private func rows(_ work: Work, _ distances: [Double], threads: Int) -> Double? {
    guard let live, let movement = work.movement, work.tokens > 0 else { return nil }
    let all = work.touches.reduce(0) { $1.isTable ? $0 : $0 + $1.bytes }
    var shares: [Int: Double] = [:]
    for (touch, distance) in zip(work.touches, distances)
    where touch.store != .streaming && !touch.isTable && touch.bytes > 0.04 * all {
      shares[tokens(movement, of: work, at: distance, threads: threads), default: 0] += touch.bytes
    }
    let counted = shares.values.reduce(0, +)
    guard counted > 0 else { return nil }
    var time = 0.0
    for (tokens, bytes) in shares.sorted(by: { $0.key < $1.key }) {
      guard let seconds = live.secondsOfToken(movement, tokens: tokens, threads: threads) else { return nil }
      time += bytes / counted * seconds
    }
    return time * Double(work.tokens)
  }

  /// Tokens after which a probe comes back to the same bytes, as the operation does after `distance`.
  private func tokens(_ movement: Movement, of work: Work, at distance: Double, threads: Int) -> Int {
    let token = Double(movement.cachedBytesOfToken.count)
    let own = token * Double(work.tokens)
    // A cache that does not throw out the oldest keeps a part of what is a few times as large.
    if distance >= CacheHistory.memory { return max(work.tokens, Int(8 * lastBytes / token)) }
    if distance > 0.85 * own, distance < 1.18 * own { return work.tokens }
    // A quarter of an octave is near enough, and the fewer probes the better.
    let exact = max(1, distance / token)
    let near = Double(sign: .plus, exponent: exact.exponent, significand: (4 * exact.significand).rounded() / 4)
    return max(threads, Int(near.rounded()))
  }

  /// What it takes to reach the other threads, which poll for a while before they sleep.
  private func start(_ work: Work, alone: Double) throws -> (seconds: Double, isIdle: Bool) {
    guard work.starts, work.threads > 1 else { return (0, false) }
    guard let pause = rates.vectorRate(.pause, threads: 1) else { throw MissingRate(what: "pauses") }
    let isIdle = alone > KernelBlocking.patience / pause.value + KernelBlocking.courtesySeconds
    guard let latency = rates.startLatency(threads: work.threads, isIdle ? .idle : .warm) else {
      throw MissingRate(what: "starting \(work.threads) threads")
    }
    return (isIdle ? latency.value : live?.secondsToStart(threads: work.threads) ?? latency.value, isIdle)
  }

  /// One core's part of the time, where so many share the work.
  private func core(_ work: Work, _ distances: [Double], threads: Int) throws -> Parts {
    var parts = Parts(arithmetic: try arithmetic(work, threads: threads))
    let memory = try memory(work, distances, threads: 1, sharedBy: threads)
    (parts.near, parts.far) = (memory.near, memory.far)
    let transfers = memory.near + memory.far
    guard transfers > 0 else { return parts }
    // A product's table comes from a near cache for every few rows and is used at once; its rows are fetched ahead.
    parts.hidden =
      work.overlaps
      ? min(parts.arithmetic + parts.near, parts.far)
      : memory.hidden / transfers * min(parts.arithmetic, transfers)
    return parts
  }

  /// Every touch at the rate of the operation's whole mix at the touch's own distance.
  ///
  /// The rates are those of `threads` threads; `cores` divide the bytes, each at that rate, and a core's private caches
  /// hold its own part.
  private func memory(_ work: Work, _ distances: [Double], threads: Int, sharedBy cores: Int) throws
    -> (near: Double, far: Double, hidden: Double)
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
    guard all > 0 else { return (0, 0, 0) }
    // Touches at one distance are one lookup.
    var shares: [Double: Double] = [:]
    for (touch, distance) in zip(work.touches, distances) { shares[distance, default: 0] += touch.bytes / all }
    var (near, far, hidden) = (0.0, 0.0, 0.0)
    for (distance, share) in shares.sorted(by: { $0.key < $1.key }) {
      let own = distance / Double(cores)
      let isNear = own <= privateBytes
      let size = Bytes(Int(min(isNear ? own : distance, CacheHistory.memory)))
      // Rows that are asked for in time begin like any other line; in the sets of the near caches they meet all the same.
      let row = work.prefetches && !isNear ? nil : work.row.map { Bytes($0) }
      let question = Known.Question(
        traffic: traffic, arrays: work.arrays, row: row?.count, size: size.count, threads: threads)
      let found: (seconds: Double, hidden: Double)
      if let answer = known.answers[question] {
        found = answer
      } else {
        guard
          let time = rates.memoryTime(traffic, arrays: work.arrays, row: row, workingSet: size, threads: threads)
        else { throw MissingRate(what: "memory with \(threads) threads") }
        found = (time.value, rates.hiddenFraction(row: row, workingSet: size) ?? 0)
        known.answers[question] = found
      }
      let seconds = share * found.seconds * drift(distance) / Double(cores)
      if !work.strips { hidden += seconds * found.hidden }
      if isNear { near += seconds } else { far += seconds }
    }
    return (near, far, hidden)
  }

  /// Every kind of result at its own rate; a number that is compared costs four instructions, each of which waits for the
  /// one before.
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
    if work.moved > 0 { time += work.moved / (try rate(.laneMove)) }
    if work.compared > 0 { time += 4 * work.compared * KernelBlocking.lanes / (try rate(.multiplyAdd)) }
    return time * coreDrift
  }

  /// The time of operations that run over and over, in the state that the caches and threads are in then.
  ///
  /// What a pass walks and multiplies a probe does in one go, operation after operation on tensors that are shared as the
  /// pass shares them: where each finds its rows needs no rule then.
  func parts(repeating works: [Work]) throws -> [Parts] {
    var history = CacheHistory()
    for work in works { _ = history.distances(work) }
    let together = Pass(works).flatMap { live?.seconds($0) }
    let first = works.firstIndex { $0.action != nil }
    var alone = 0.0
    func run(_ distances: [[Double]]) throws -> [Parts] {
      try works.indices.map { index in
        let work = works[index]
        let parts: Parts
        if let together, work.action != nil || work.isJoined {
          // Threads that poll have waited for each other in the probe too.
          let start = try start(work, alone: alone)
          parts = Parts(start: start.isIdle ? start.seconds : 0, far: index == first ? together : 0)
        } else {
          parts = try self.parts(work, distances: distances[index], alone: alone)
        }
        // What is part of a parallel call keeps the others awake as well.
        alone = work.threads > 1 ? 0 : alone + parts.total
        return parts
      }
    }
    let distances = works.map { history.distances($0) }
    _ = try run(distances)
    return try run(distances)
  }
}
