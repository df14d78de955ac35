import CostModel
public import LayerRuntime
import Planner
public import Quantities

/// Every equal block size and the uneven blocks of one deep stack: what the planner chooses, and what was measured.
public struct RecomputeSweep: Hashable, Sendable {
  /// One choice.
  public struct Row: Hashable, Sendable {
    /// `stored`, `12x2` or uneven sizes.
    public var blocks: String
    /// The choice.
    public var choice: LayerRuntime.RecomputeBlocks
    /// The peak, predicted and measured.
    public var predictedBytes, measuredBytes: Int
    /// The step's time, predicted before it ran.
    public var predicted: Seconds
    /// The prediction of each round, beside its run; empty where the machine's profile alone predicted.
    public var predictions: [Seconds] = []
    /// The step's time in each round.
    public var samples: [Seconds]

    /// The middle sample.
    public var measured: Seconds {
      let sorted = samples.sorted()
      return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }
  }

  /// The stack.
  public var name: String
  /// The choices: stored, equal sizes from 1 to L, uneven.
  public var rows: [Row]
  /// The planner's equal block size with the lowest peak.
  public var plannedSize: Int
  /// The planner's blocks of any sizes with the lowest peak.
  public var plannedBlocks: [Int]
  /// What the planner says that the uneven blocks save over the equal ones.
  public var promisedBytes: Int

  /// The row of a choice.
  public func row(_ choice: LayerRuntime.RecomputeBlocks) -> Row? { rows.first { $0.choice == choice } }

  private var stored: Row? { row(.stored) }
  private var layers: Int { plannedBlocks.reduce(0, +) }
  private var equal: Row? { row(.equal(layers: layers, size: plannedSize)) }
  private var uneven: Row? { row(.blocks(plannedBlocks)) }

  /// What a choice costs in time over storing everything, as parts of the stored step.
  public struct Price: Hashable, Sendable {
    /// By the law: the middle of the differences round by round, as rows take turns.
    public var predicted: Double
    /// The same of what was measured.
    public var measured: Double
    /// The standard error of the difference between the two, from both prices' own scatter.
    public var noise: Double
    /// Whether the measured price is more than twice the noise, either way; below that its sign is not judged.
    public var isAboveNoise: Bool { abs(measured) > 2 * noise }
    /// Whether both are costs or both are savings.
    public var hasRightSign: Bool { (predicted > 0) == (measured > 0) }
  }

  /// The price of a choice; nil without a stored step or without samples.
  public func price(_ row: Row) -> Price? {
    guard let stored, stored.measured.value > 0, let measured = Self.difference(row.samples, stored.samples) else {
      return nil
    }
    let whole = stored.measured.value
    let predicted =
      Self.difference(row.predictions, stored.predictions) ?? ((row.predicted - stored.predicted).value, 0)
    let error = (measured.error * measured.error + predicted.error * predicted.error).squareRoot()
    return Price(predicted: predicted.middle / whole, measured: measured.middle / whole, noise: error / whole)
  }

  /// The middle of differences, sample by sample, and its standard error.
  private static func difference(_ samples: [Seconds], _ others: [Seconds]) -> (middle: Double, error: Double)? {
    let differences = zip(samples, others).map { ($0 - $1).value }.sorted()
    guard !differences.isEmpty else { return nil }
    let middle = differences[differences.count / 2]
    let deviations = differences.map { abs($0 - middle) }.sorted()
    // 1.4826 makes a median absolute deviation a standard one, 1.2533 is what a median loses to a mean: both for a normal
    // distribution.
    let scatter = 1.4826 * 1.2533 * deviations[deviations.count / 2]
    return (middle, scatter / Double(differences.count).squareRoot())
  }

  /// How many prices are above the noise, and how many of these have the predicted sign.
  public var signs: (judged: Int, right: Int, all: Int) {
    let prices = rows.filter { $0.choice != .stored }.compactMap { price($0) }
    let judged = prices.filter(\.isAboveNoise)
    return (judged.count, judged.count { $0.hasRightSign }, prices.count)
  }

  /// Whether no measured peak of an equal block size is below the planner's, and of all choices none below its uneven one.
  public var isOptimal: Bool {
    guard let equal, let uneven else { return false }
    let sizes = Set((1...max(1, layers)).map { LayerRuntime.RecomputeBlocks.equal(layers: layers, size: $0) })
    return rows.filter { sizes.contains($0.choice) }.allSatisfy { $0.measuredBytes >= equal.measuredBytes }
      && rows.allSatisfy { $0.measuredBytes >= uneven.measuredBytes }
  }

  /// What uneven blocks were measured to save over the best equal ones.
  public var savedBytes: Int { (equal?.measuredBytes ?? 0) - (uneven?.measuredBytes ?? 0) }

  /// What is outside the limits, a line each.
  func failures(recomputeError: Double) -> [String] {
    var lines: [String] = []
    if !isOptimal { lines.append("recompute: a choice was measured to peak below the planner's") }
    if savedBytes != promisedBytes {
      lines.append("recompute: uneven blocks saved \(savedBytes) bytes, \(promisedBytes) were promised")
    }
    for row in rows where row.choice != .stored {
      guard let price = price(row) else { continue }
      if price.isAboveNoise, !price.hasRightSign {
        lines.append("recompute: the price of \(row.blocks) has the wrong sign, beyond its noise")
      }
      if abs(price.predicted - price.measured) > recomputeError {
        let shown = { (value: Double) in "\((value * 1000).rounded() / 10) %" }
        lines.append(
          "recompute: \(row.blocks) costs \(shown(price.measured)) of the step, predicted \(shown(price.predicted))")
      }
    }
    return lines
  }
}

extension RecomputeSweep {
  /// A stack's choices, and the planner's answer for it.
  ///
  /// - Parameters:
  ///   - configuration: the stack, of equal layers; its own blocks are not looked at.
  ///   - quick: whether to leave out sizes that do not divide the layers, unless it is the planner's.
  /// - Returns: the planner's equal size and blocks, what it promises, and every choice, its own among them.
  /// - Throws: `OverflowError` for sizes that do not fit in 64 bits.
  static func choices(_ configuration: LayerStack.Configuration, quick: Bool = false) throws -> (
    size: Int, blocks: [Int], promised: Int, all: [LayerRuntime.RecomputeBlocks]
  ) {
    let layers = try configuration.functions.indices.map { try LayerBytes(configuration, layer: $0) }
    let problem = try RecomputeProblem(
      resident: layers.map { $0.resident.values.reduce(0, +) },
      transient: layers.map { $0.transient.values.reduce(0, +) }, streamSize: layers.first?.streams ?? 0)
    let uniform = problem.bestUniformBlock()
    let uneven = problem.bestUnevenBlocks()
    let L = layers.count
    var all: [LayerRuntime.RecomputeBlocks] = [.stored]
    let sizes = (1...max(1, L)).filter { !quick || L % $0 == 0 || $0 == uniform?.blockLayers }
    all += sizes.map { .equal(layers: L, size: $0) }
    if !all.contains(.blocks(uneven.blocks)) { all.append(.blocks(uneven.blocks)) }
    all.append(.blocks(uneven.blocks.reversed()))
    return (uniform?.blockLayers ?? 1, uneven.blocks, (uniform?.peak ?? 0) - uneven.peak, all)
  }

  /// The deep stack of the command.
  static func stack(quick: Bool) throws -> LayerStack.Configuration {
    // F is small beside the connection, and a stream tensor is not among those that a cache may or may not hold: what recompute
    // runs again is then above the noise of the step.
    let shape = try LayerShape(tokens: quick ? 512 : 1024, streams: 4, channels: 512)
    let function: LayerFunctionKind = OpenBLAS.isAvailable ? .gelu(hidden: 64) : .identity
    var c = LayerStack.Configuration(
      .manifold, shape, .deepSeekV4, .fastest, functions: .init(repeating: function, count: 24))
    c.team = try ThreadTeam(2)
    return c
  }

  /// Measures every choice: peaks first, then times in turns.
  /// - Throws: `RuntimeError` for a stack that cannot be run here.
  static func run(_ configuration: LayerStack.Configuration, quick: Bool, _ timer: inout TimeRun) throws
    -> RecomputeSweep
  {
    let planned = try choices(configuration, quick: quick)
    let group = planned.all.map { blocks in
      var c = configuration
      c.blocks = blocks
      return TimeCase(
        subject: .step(StackCase(c, functions: "sweep")), connection: c.connection, implementation: c.implementation,
        shape: c.shape, format: c.format, team: c.team)
    }
    let times = try timer.rows(group, rounds: 15)
    let rows = try zip(group, times).map { timeCase, time in
      guard case .step(let stack) = timeCase.subject else { preconditionFailure("a sweep is of steps") }
      let memory = try MemoryRow.run(stack)
      return Row(
        blocks: stack.configuration.blocks.label, choice: stack.configuration.blocks,
        predictedBytes: memory.predictedBytes, measuredBytes: memory.measuredBytes, predicted: time.predicted,
        predictions: time.predictions, samples: time.samples)
    }
    return RecomputeSweep(
      name: StackCase(configuration, functions: "sweep").name, rows: rows, plannedSize: planned.size,
      plannedBlocks: planned.blocks, promisedBytes: planned.promised)
  }
}
