import CostModel
public import LayerRuntime

/// The most that one training step holds, by purpose, predicted on the recompute timeline of the cost model.
///
/// The timeline says what is held as the backward pass reaches each layer; what the layer's own backward needs comes on
/// top. The step's peak is at one of these moments: a layer's forward pass holds no more than its backward pass, which
/// has all it has and the gradients besides.
///
/// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2.
public struct StackMemory: Hashable, Sendable {
  /// Bytes at the peak; purposes without any are left out.
  public private(set) var bytes: [Purpose: Int]

  /// All of it.
  public var peakBytes: Int { bytes.values.reduce(0, +) }

  /// The prediction for one step of a stack.
  ///
  /// - Parameters:
  ///   - configuration: the stack.
  ///   - kernelScratchBytes: what the kernels set aside when the stack is built: packed copies of φ, sums a thread, a
  ///     tile's tensors. No paper's formula, so the runtime states it.
  /// - Throws: `OverflowError` for sizes that do not fit in 64 bits, `RuntimeError` for blocks that do not.
  public init(_ configuration: LayerStack.Configuration, kernelScratchBytes: Int) throws {
    let layers = try configuration.functions.indices.map { try LayerBytes(configuration, layer: $0) }
    let segments = try Self.segments(configuration)
    let timeline = try PurposeTimeline(layers)
    let parameters = layers.reduce(0) { $0 + $1.parameters }
    let held: [Purpose: Int] = [.parameter: parameters, .gradient: parameters, .scratch: kernelScratchBytes]

    var best: [Purpose: Int] = held
    var most = -1
    // In the order of the backward pass: of two equal moments the first is the peak.
    for last in stride(from: layers.count, to: 0, by: -1) {
      var moment = held.merging(layers[last - 1].working, uniquingKeysWith: +)
      moment.merge(try timeline.held(upTo: last, of: segments), uniquingKeysWith: +)
      let total = moment.values.reduce(0, +)
      if total > most { (most, best) = (total, moment) }
    }
    bytes = best.filter { $0.value > 0 }
  }

  /// The stack's choice as the cost model writes it.
  static func segments(_ configuration: LayerStack.Configuration) throws -> [RecomputeSegment] {
    switch configuration.blocks {
    case .stored: [RecomputeSegment(.stored, layers: configuration.functions.count)]
    case .blocks(let sizes): sizes.map { RecomputeSegment(.recomputed, layers: $0) }
    }
  }
}

/// One recompute problem a purpose: the same timeline, with only that purpose's sizes in it.
private struct PurposeTimeline {
  private let streams: RecomputeProblem
  private let others: [Purpose: RecomputeProblem]

  init(_ layers: [LayerBytes]) throws {
    let none = [Int](repeating: 0, count: layers.count)
    streams = try RecomputeProblem(resident: none, transient: none, streamSize: layers.first?.streams ?? 0)
    var others: [Purpose: RecomputeProblem] = [:]
    for purpose in Purpose.allCases {
      others[purpose] = try RecomputeProblem(
        resident: layers.map { $0.resident[purpose] ?? 0 }, transient: layers.map { $0.transient[purpose] ?? 0 },
        streamSize: 0)
    }
    self.others = others
  }

  /// What is held when the backward pass has reached layer `last`, those behind it gone.
  func held(upTo last: Int, of segments: [RecomputeSegment]) throws -> [Purpose: Int] {
    var rest = last
    let cut = segments.compactMap { segment -> RecomputeSegment? in
      let layers = min(segment.layers, rest)
      rest -= layers
      return layers > 0 ? RecomputeSegment(segment.kind, layers: layers) : nil
    }
    var bytes: [Purpose: Int] = [:]
    for (purpose, problem) in others { bytes[purpose] = try problem.prefix(last).timeline(of: cut).last?.total ?? 0 }
    if let moment = try streams.prefix(last).timeline(of: cut).last {
      bytes[.streamCheckpoint, default: 0] += moment.blockInputs + moment.stored
      bytes[.transient, default: 0] += moment.transient
    }
    return bytes
  }
}
