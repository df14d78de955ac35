import CProbes
import CostModel
import LayerRuntime
public import Quantities

/// The operations of a pass one after the other: loads, stores and multiply-adds of the same rows and arrays, and matrix
/// products of the same shapes, none of them a layer's.
///
/// Every thread has a part of the tokens of each tensor. Between calls the threads wait for each other.
public final class PassProbe: Probe {
  /// What is walked.
  public let pass: Pass
  private let layout: PassLayout
  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam
  private let blas: OpenBLAS?
  /// What rows are mixed with, and gradients multiplied by: nil for the movement's own.
  private let factor: Float?

  /// The bytes of a pass's tensors, and of every thread's tables and sums.
  public static func bufferSize(_ pass: Pass) -> Bytes { PassLayout(pass).size }

  /// A probe; nil where a form is not known, the buffer too small, or OpenBLAS missing that the pass needs.
  public convenience init?(_ pass: Pass, buffer: ProbeBuffer) { self.init(pass, buffer: buffer, variant: .best) }

  /// The same with factors that leave something to be seen.
  init?(_ pass: Pass, buffer: ProbeBuffer, variant: ProbeVariant, factor: Float? = nil) {
    let steps = pass.calls.flatMap(\.steps)
    guard !steps.isEmpty, steps.allSatisfy(\.isSound), pass.calls.allSatisfy({ $0.isSound(local: pass.local) }),
      pass.threads > 0, pass.tokens >= pass.threads, pass.tokens <= 1 << 24
    else { return nil }
    let needsProducts = steps.contains { if case .product = $0.action { true } else { false } }
    blas = needsProducts ? try? OpenBLAS.load() : nil
    guard !needsProducts || blas != nil else { return nil }
    layout = PassLayout(pass)
    guard layout.size <= buffer.size else { return nil }
    self.pass = pass
    (self.buffer, self.variant, self.factor) = (buffer, variant, factor)
    team = ProbeTeam(threads: pass.threads)
    setFactors()
    // One token, or no number, tells whether a form is known.
    var known: Set<Pass.Action> = []
    for step in steps where known.insert(step.action).inserted && !prepared(step, thread: 0, 0..<1, isTrial: true).run()
    {
      return nil
    }
  }

  /// The operations, the tokens and the threads.
  public var label: String { pass.label }

  /// An operation with its addresses, for the part of one thread.
  private enum Prepared: @unchecked Sendable {
    case rows(mhcp_traffic, ProbeVariant)
    case skinny(mhcp_skinny, beside: mhcp_traffic?, ProbeVariant)
    case each(mhcp_each, ProbeVariant)
    case product(MatrixProduct, OpenBLAS, [UnsafeMutableRawPointer], Range<Int>)
    case copy(UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int)

    /// Runs it; false for a form that is not known.
    func run(passes: Int = 1) -> Bool {
      switch self {
      case .rows(var call, let variant): return variant.table.pointee.traffic(&call, passes) != 0
      case .skinny(var call, .none, let variant): return variant.table.pointee.skinny(&call, passes) != 0
      case .skinny(var call, .some(let rows), let variant):
        return withUnsafePointer(to: rows) {
          call.walk = $0
          return variant.table.pointee.skinny(&call, passes) != 0
        }
      case .each(var call, let variant): return variant.table.pointee.each(&call) != 0
      case .product(let product, let blas, let tensors, let rows): product.run(blas, tensors, rows)
      case .copy(let from, let to, let bytes): to.copyMemory(from: from, byteCount: bytes)
      }
      return true
    }
  }

  /// What one thread does, and after what it waits for the others.
  private struct Part: @unchecked Sendable {
    var work: Prepared?
    var waits = false
  }

  /// Passes over all tokens, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    // Another probe may have left something there.
    setFactors()
    let threads = pass.threads
    let parts = (0..<threads).map { self.parts($0) }
    // A single movement goes over its tokens again without a look around.
    if parts.allSatisfy({ $0.count == 1 }), pass.calls[0].steps[0].action.movement != nil {
      return team.time(repetitions: repetitions, isWarm: isWarmed) { thread, repetitions in
        _ = parts[thread][0].work?.run(passes: repetitions)
      }
    }
    let meeting = Meeting(threads: threads)
    return team.time(repetitions: repetitions, isWarm: isWarmed) { thread, repetitions in
      for _ in 0..<repetitions {
        for part in parts[thread] {
          _ = part.work?.run()
          if part.waits { meeting.wait(thread) }
        }
      }
    }
  }

  /// Bytes beyond which a pass leaves nothing in a cache that its next one finds: twice the largest last cache that it has run
  /// on, of 260 MiB.
  public static let coldBytes = 512 << 20
  /// Where what is left behind is looked at, a pass is run once.
  private var isWarmed: Bool { factor == nil && layout.size.count < Self.coldBytes }

  private func parts(_ thread: Int) -> [Part] {
    var parts: [Part] = []
    let single = pass.calls.count == 1
    for call in pass.calls {
      let threads = call.isSerial ? 1 : pass.threads
      if thread < threads {
        let own = Self.part(pass.tokens, thread: thread, of: threads)
        parts += self.parts(call, own, thread: thread, of: threads)
        // What would be mixed beside the next tile's product.
        if let tile = call.tile, let last = call.steps.first, last.mixesBeside, !own.isEmpty {
          let end = own.upperBound..<own.upperBound
          parts.append(Part(work: prepared(last, thread: thread, end, before: (own.count - 1) % tile + 1)))
        }
      }
      // Calls of one pass follow each other; a tiled pass alone is walked by each thread at its own pace.
      if pass.threads > 1, !single {
        if parts.isEmpty || parts[parts.count - 1].waits { parts.append(Part()) }
        parts[parts.count - 1].waits = true
      }
    }
    return parts
  }

  /// What a thread does of a call, tile by tile.
  private func parts(_ call: Pass.Call, _ own: Range<Int>, thread: Int, of threads: Int) -> [Part] {
    let length = call.tile ?? max(1, own.count)
    let tiles = stride(from: own.lowerBound, to: own.upperBound, by: length).map {
      $0..<min(own.upperBound, $0 + length)
    }
    func prepared(_ step: Pass.Step, _ index: Int, beside rows: mhcp_traffic? = nil) -> Prepared {
      self.prepared(
        step, thread: thread, tiles[index], of: threads, odd: index % 2 == 1, before: index == 0 ? 0 : call.tile ?? 0,
        beside: rows)
    }
    let walked = call.walkedBeside
    return tiles.indices.flatMap { index in
      call.steps.enumerated().compactMap { place, step -> Part? in
        // The first tile's rows are walked by themselves, any other's beside the product of the tile before it.
        if place == walked, index > 0 { return nil }
        guard let walked, step.walksBeside, index + 1 < tiles.count,
          case .rows(let rows, _) = prepared(call.steps[walked], index + 1)
        else { return Part(work: prepared(step, index)) }
        return Part(work: prepared(step, index, beside: rows))
      }
    }
  }

  /// A thread's part of so many, in multiples of a granule.
  private static func part(_ total: Int, granule: Int = 1, thread: Int, of threads: Int) -> Range<Int> {
    let granules = (total + granule - 1) / granule
    let (first, last) = (granules * thread / threads * granule, granules * (thread + 1) / threads * granule)
    return min(first, total)..<min(last, total)
  }

  private func prepared(
    _ step: Pass.Step, thread: Int, _ tokens: Range<Int>, of threads: Int = 1, odd: Bool = false, before: Int = 0,
    beside rows: mhcp_traffic? = nil, isTrial: Bool = false
  ) -> Prepared {
    let base = UnsafeMutableRawPointer(buffer.base)
    func addresses() -> [UnsafeMutableRawPointer] { step.operands.map { layout.address($0, base) } }
    switch step.action {
    case .movement(let movement):
      let place = layout.place(
        movement, step.operands, base, thread: thread, token: tokens.lowerBound, odd: odd,
        before: step.mixesBeside ? before : 0)
      switch movement {
      case .rows(let traffic): return .rows(traffic.call(place, tokens: tokens.count), variant)
      case .product(let product): return .skinny(product.call(place, tokens: tokens.count), beside: rows, variant)
      }
    case .each(let pass):
      let own = Self.part(pass.count, granule: ElementwisePass.granule, thread: thread, of: threads)
      return .each(pass.call(addresses(), isTrial ? 0..<0 : own), variant)
    case .product(let product):
      let own = Self.part(product.shape.rows, granule: MatrixProduct.granule, thread: thread, of: threads)
      guard let blas else { preconditionFailure("a pass with products is made with OpenBLAS") }
      return .product(product, blas, addresses(), isTrial ? 0..<0 : own)
    case .copy(let bytes):
      let own = Self.part(bytes.count, granule: 64, thread: thread, of: threads)
      let (from, to) = (layout.address(step.operands[0], base), layout.address(step.operands[1], base))
      return .copy(from + own.lowerBound, to + own.lowerBound, isTrial ? 0 : own.count)
    }
  }

  /// Mixed rows stay about as large as they are, and what is added to gradients over and over stays finite.
  private func setFactors() {
    let streams = pass.calls.flatMap(\.steps).compactMap { step -> Int? in
      if case .movement(.rows(let traffic)) = step.action { traffic.streams } else { nil }
    }
    let rows = layout.rowFactors
    buffer.fill(0..<rows, with: factor ?? 1 / Float(streams.max() ?? 1))
    buffer.fill(rows..<rows + layout.productFactors, with: factor ?? 0.01)
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

extension Pass.Call {
  /// Whether its tiles have tokens, and are those of rows that stand side by side.
  fileprivate func isSound(local: Set<String>) -> Bool {
    (tile ?? 1) > 0
      && steps.allSatisfy { step in
        guard let staged = step.action.movement?.stagedTensor else { return true }
        return tile == RowTraffic.stagedTokens && local.contains(step.operands[staged].name)
      } && (walkedBeside != nil || !steps.contains(where: \.walksBeside))
  }

  /// The step whose rows are walked beside the product of the tile before: the one that stages what the product takes.
  fileprivate var walkedBeside: Int? {
    guard let product = steps.first(where: \.walksBeside) else { return nil }
    return steps.firstIndex { step in
      guard case .movement(.rows(let traffic)) = step.action, traffic.isStaged,
        step.operands.count > traffic.streamReads
      else { return false }
      return step.operands[traffic.streamReads] == product.operands.last
    }
  }
}

extension Pass.Step {
  /// Whether rows of the tile before are mixed meanwhile.
  fileprivate var mixesBeside: Bool {
    if case .movement(.product(let product)) = action { product.mixesBeside } else { false }
  }

  /// Whether rows of the tile after it are walked meanwhile.
  fileprivate var walksBeside: Bool {
    if case .movement(.product(let product)) = action { product.walksBeside } else { false }
  }

  /// Whether its sizes are ones that a probe takes, and it has as many operands as it needs.
  fileprivate var isSound: Bool {
    let most = 1 << 40
    guard operands.allSatisfy({ (0...most).contains($0.offset) && $0.offset % 64 == 0 }) else { return false }
    switch action {
    case .movement(let movement): return movement.isSound && operands.count == movement.tensorBytes.count
    case .each(let pass):
      return (0...3).contains(pass.reads) && (0...2).contains(pass.writes) && (1...1 << 38).contains(pass.count)
        && (0...1).contains(pass.exponentials) && (0...1 << 10).contains(pass.multiplyAdds)
        && operands.count == pass.reads + pass.writes
    case .product(let product):
      let sizes = [
        product.shape.rows, product.shape.columns, product.shape.inner, product.left.stride, product.right.stride,
        product.result.stride,
      ]
      return operands.count == 3 && sizes.allSatisfy { (1...1 << 24).contains($0) }
    case .copy(let bytes): return operands.count == 2 && (0...most).contains(bytes.count)
    }
  }
}
