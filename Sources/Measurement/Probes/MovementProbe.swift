import CProbes
public import Quantities

/// Movements one after the other on tensors that they share, as the operations of a pass are: one alone, or all of them over
/// all tokens, or all on one tile of tokens and then on the next.
///
/// Every thread has a part of the tokens of each tensor. Between movements over all tokens the threads wait for each other.
public final class MovementProbe: Probe {
  /// One movement and the tensors that it takes, in the order of ``Movement/tensorBytes``.
  public struct Step: Hashable, Sendable {
    /// What is walked.
    public var movement: Movement
    /// Names of its tensors.
    public var tensors: [String]

    /// A movement of these tensors.
    public init(_ movement: Movement, _ tensors: [String]) { (self.movement, self.tensors) = (movement, tensors) }
  }

  /// Movements in order.
  public struct Sequence: Hashable, Sendable {
    /// In order.
    public var steps: [Step]
    /// Tokens of all threads together.
    public var tokens: Int
    /// Threads that share the tokens.
    public var threads: Int
    /// Tokens of a tile; nil to take each movement over all tokens.
    public var tile: Int?
    /// Tensors that have room for one tile of each thread only.
    public var local: Set<String> = []

    /// Movements over so many tokens.
    public init(_ steps: [Step], tokens: Int, threads: Int, tile: Int? = nil, local: Set<String> = []) {
      (self.steps, self.tokens, self.threads, self.tile, self.local) = (steps, tokens, threads, tile, local)
    }

    /// One movement by itself.
    public init(_ movement: Movement, tokens: Int, threads: Int) {
      let names = movement.tensorBytes.indices.map { "\($0)" }
      self.init([Step(movement, names)], tokens: tokens, threads: threads)
    }

    /// Bytes of a token of every tensor, the largest that a movement has of it, in the order in which they are first used.
    fileprivate var tensors: [(name: String, bytes: Int)] {
      var order: [String] = []
      var bytes: [String: Int] = [:]
      for step in steps {
        for (name, size) in zip(step.tensors, step.movement.tensorBytes) {
          if bytes[name] == nil { order.append(name) }
          bytes[name] = max(bytes[name] ?? 0, size.count)
        }
      }
      return order.map { ($0, bytes[$0] ?? 0) }
    }

    fileprivate func room(_ tensor: (name: String, bytes: Int)) -> Int {
      let count = local.contains(tensor.name) ? threads * (tile ?? tokens) : tokens
      return (count * tensor.bytes + 63) / 64 * 64
    }

    fileprivate var sumBytes: Int { steps.map(\.movement.sumBytes).max() ?? 0 }
    fileprivate var factorFloats: Int { ((steps.map(\.movement.factorFloats).max() ?? 0) + 15) / 16 * 16 }
    fileprivate var tableBytes: Int { ((steps.map(\.movement.tableBytes).max() ?? 0) + 63) / 64 * 64 }

    /// The bytes of all tensors, and of every thread's tables and sums.
    public var bufferSize: Bytes {
      let sums = (tokens * sumBytes + 63) / 64 * 64
      let shared = tensors.reduce(0) { $0 + room($1) } + sums + 4 * factorFloats * steps.count
      return Bytes(shared + threads * 2 * tableBytes + 128)
    }

    /// The movements, the tokens and the threads.
    var label: String {
      let moves = steps.map { step in
        switch step.movement {
        case .rows(let traffic): "rows: \(traffic.label)"
        case .product(let product): "tall product: \(product.label)"
        }
      }
      return moves.joined(separator: "; ") + "; \(tokens) tokens, \(threads) threads" + (tile == nil ? "" : ", tiled")
    }
  }

  /// What is walked.
  public let sequence: Sequence
  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam
  /// What rows are mixed with, and gradients multiplied by: nil for the movement's own.
  private let factor: Float?

  /// A probe; nil where a form is not known or the buffer too small.
  public convenience init?(_ sequence: Sequence, buffer: ProbeBuffer) {
    self.init(sequence, buffer: buffer, variant: .best)
  }

  /// The same with factors that leave something to be seen.
  init?(_ sequence: Sequence, buffer: ProbeBuffer, variant: ProbeVariant, factor: Float? = nil) {
    let isSound = sequence.steps.allSatisfy { step in
      let channels: Int
      switch step.movement {
      case .rows(let traffic):
        guard (1...8).contains(traffic.streams) else { return false }
        channels = traffic.channels
      case .product(let product):
        guard (1...16).contains(product.streams), (1...288).contains(product.outputs), product.rows > 0,
          product.slice > 0, product.channels > 0, product.rows * product.inputs == product.streams * product.channels,
          product.inputs % product.channels == 0
        else { return false }
        channels = product.channels
      }
      return channels > 0 && channels % 32 == 0 && channels <= 1 << 24
        && step.tensors.count == step.movement.tensorBytes.count
    }
    guard isSound, !sequence.steps.isEmpty, sequence.threads > 0, sequence.tokens >= sequence.threads,
      sequence.tokens <= 1 << 32, sequence.tile.map({ $0 > 0 }) ?? true, sequence.bufferSize <= buffer.size
    else { return nil }
    self.sequence = sequence
    (self.buffer, self.variant, self.factor) = (buffer, variant, factor)
    team = ProbeTeam(threads: sequence.threads)
    setFactors()
    // One token tells whether a form is known.
    for (index, step) in sequence.steps.enumerated()
    where !Self.run(step, place(of: index, thread: 0, token: 0), tokens: 1, variant, passes: 1) {
      return nil
    }
  }

  /// The movements, the tokens and the threads.
  public var label: String { sequence.label }

  private struct Call: @unchecked Sendable {
    var step: Step
    var place: MovementPlace
    var tokens: Int
  }

  /// Passes over all tokens, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    // Another probe may have left something there.
    setFactors()
    let (threads, variant) = (sequence.threads, variant)
    let parts = (0..<threads).map { thread in
      let (first, last) = (sequence.tokens * thread / threads, sequence.tokens * (thread + 1) / threads)
      let size = sequence.tile ?? max(1, last - first)
      return stride(from: first, to: last, by: size).flatMap { token in
        sequence.steps.indices.map {
          Call(
            step: sequence.steps[$0], place: place(of: $0, thread: thread, token: token),
            tokens: min(size, last - token))
        }
      }
    }
    let isAlone = sequence.steps.count == 1 && sequence.tile == nil
    let meeting = sequence.tile == nil && sequence.steps.count > 1 && threads > 1 ? Meeting(threads: threads) : nil
    return team.time(repetitions: repetitions, isWarm: repetitions > 1) { thread, repetitions in
      if isAlone {
        for call in parts[thread] {
          _ = Self.run(call.step, call.place, tokens: call.tokens, variant, passes: repetitions)
        }
        return
      }
      for _ in 0..<repetitions {
        for call in parts[thread] {
          _ = Self.run(call.step, call.place, tokens: call.tokens, variant, passes: 1)
          meeting?.wait(thread)
        }
      }
    }
  }

  /// Every step has factors of its own: mixed rows stay as large as they are, and what is added to gradients over and over
  /// stays finite.
  private func setFactors() {
    for (index, step) in sequence.steps.enumerated() {
      let first = index * sequence.factorFloats
      let own: Float = if case .rows = step.movement { 0.5 } else { 0.01 }
      buffer.fill(first..<first + sequence.factorFloats, with: factor ?? own)
    }
  }

  private static func run(
    _ step: Step, _ place: MovementPlace, tokens: Int, _ variant: ProbeVariant, passes: Int
  ) -> Bool {
    switch step.movement {
    case .rows(let traffic):
      var call = traffic.call(place, tokens: tokens)
      return variant.table.pointee.traffic(&call, passes) != 0
    case .product(let product):
      var call = product.call(place, tokens: tokens)
      return variant.table.pointee.skinny(&call, passes) != 0
    }
  }

  /// Where the tensors of a step lie from this token of a thread on.
  private func place(of index: Int, thread: Int, token: Int) -> MovementPlace {
    let step = sequence.steps[index]
    let tensors = sequence.tensors
    let base = UnsafeMutableRawPointer(buffer.base)
    var offset = 4 * sequence.factorFloats * sequence.steps.count
    var places: [String: Int] = [:]
    for tensor in tensors {
      places[tensor.name] = offset
      offset += sequence.room(tensor)
    }
    let sums = offset + token * step.movement.sumBytes
    offset += (sequence.tokens * sequence.sumBytes + 63) / 64 * 64 + 2 * thread * sequence.tableBytes
    let pointers = zip(step.tensors, step.movement.tensorBytes).map { name, bytes in
      let first = sequence.local.contains(name) ? thread * (sequence.tile ?? sequence.tokens) : token
      return base + (places[name] ?? 0) + first * bytes.count
    }
    return MovementPlace(
      tensors: pointers, sums: (base + sums).assumingMemoryBound(to: Float.self),
      factors: buffer.base + index * sequence.factorFloats,
      table: (base + offset).assumingMemoryBound(to: Float.self), tableFloats: sequence.tableBytes / 4)
  }

  /// Where threads wait for each other, over and over.
  private final class Meeting: @unchecked Sendable {
    private let counter: UnsafeMutablePointer<Int32>
    /// How many have come when a thread may go on, a line of the cache for each.
    private let awaited: UnsafeMutablePointer<Int32>
    private let threads: Int

    init(threads: Int) {
      self.threads = threads
      counter = .allocate(capacity: 1)
      counter.initialize(to: 0)
      awaited = .allocate(capacity: 16 * threads)
      awaited.initialize(repeating: 0, count: 16 * threads)
    }
    deinit {
      counter.deallocate()
      awaited.deallocate()
    }

    func wait(_ thread: Int) {
      awaited[16 * thread] += Int32(threads)
      _ = mhcp_rendezvous(counter, awaited[16 * thread], .max)
    }
  }
}
