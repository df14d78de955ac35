import CostModel
import Planner

// What `recompute` prints of each choice. Peaks and traffic are in channels.

/// The paper's rule as printed, and what its blocks hold on the timeline.
struct PaperRow: Encodable {
  var blockLayers: [Int]
  var costChannels: Int
  var estimateLayers: Double
  var peakChannels: [Int]

  init(_ rule: Equation20, on problem: RecomputeProblem) {
    blockLayers = rule.minimisers
    costChannels = rule.minimum
    estimateLayers = rule.estimate
    peakChannels = blockLayers.map { problem.uniformPeak(blockLayers: $0) }
  }
}

/// The best single block size.
struct UniformRow: Encodable {
  var blockLayers: Int
  var peakChannels: Int
  var mhcChannels: Int
  var recomputeTrafficChannels: Int

  init(_ stage: MeasuredStage) throws {
    guard let best = stage.problem.bestUniformBlock() else { preconditionFailure("a stage without layers") }
    blockLayers = best.blockLayers
    peakChannels = best.peak
    mhcChannels = stage.mhcPart(of: best.peak)
    recomputeTrafficChannels = try stage.traffic(ofBlocks: stage.blocks(of: best.blockLayers))
  }
}

/// The best blocks of any sizes, and what the stage holds at each.
struct UnevenRow: Encodable {
  var blocks: [Int]
  var peakChannels: Int
  var mhcChannels: Int
  var recomputeTrafficChannels: Int
  var timeline: [MomentRow]

  init(_ stage: MeasuredStage) throws {
    let best = stage.problem.bestUnevenBlocks()
    blocks = best.blocks
    peakChannels = best.peak
    mhcChannels = stage.mhcPart(of: best.peak)
    recomputeTrafficChannels = try stage.traffic(ofBlocks: best.blocks)
    timeline = try stage.problem.timeline(of: best.segments).map(MomentRow.init)
  }
}

/// What the stage holds while one block is recomputed.
struct MomentRow: Encodable {
  var layers: Int
  var blockInputsChannels: Int
  var residentChannels: Int
  var transientChannels: Int
  var otherMicrobatchesChannels: Int
  var totalChannels: Int

  init(_ moment: RecomputeMoment) {
    layers = moment.segment.layers
    blockInputsChannels = moment.blockInputs
    residentChannels = moment.resident
    transientChannels = moment.transient
    otherMicrobatchesChannels = moment.otherMicrobatches
    totalChannels = moment.total
  }
}

/// The same questions with cuts between Transformer layers only; blocks are counted in Transformer layers.
struct TransformerRows: Encodable {
  var layers: Int
  var paper: Paper
  var uniform: UniformRow
  var uneven: UnevenRow
  /// Left out without a budget, and where nothing fits.
  var withinBudget: ChoiceRow?

  /// The paper's rule over the block sizes that are whole Transformer layers.
  struct Paper: Encodable {
    var blockLayers: [Int]
    var costChannels: Int
  }

  init(_ stage: MeasuredStage, curve: [CurveRow], budget: Int?) throws {
    let pairs = stage.inTransformerLayers
    let whole = curve.filter { $0.blockLayers.isMultiple(of: 2) }
    let cost = whole.map(\.paperCostChannels).min() ?? 0
    layers = pairs.problem.layers
    paper = Paper(
      blockLayers: whole.filter { $0.paperCostChannels == cost }.map { $0.blockLayers / 2 }, costChannels: cost)
    uniform = try UniformRow(pairs)
    uneven = try UnevenRow(pairs)
    if let budget { withinBudget = try ChoiceRow(within: budget, on: pairs) }
  }
}

/// The least recomputing that fits a budget: blocks at the front, stored layers behind them.
struct ChoiceRow: Encodable {
  var blocks: [Int]
  var storedLayers: Int
  var peakChannels: Int
  var mhcChannels: Int
  var recomputeTrafficChannels: Int

  /// Nil when nothing fits.
  init?(within budget: Int, on stage: MeasuredStage) throws {
    guard let choice = try stage.problem.leastWork(stage.work, within: budget) else { return nil }
    blocks = choice.blocks
    storedLayers = choice.storedLayers
    peakChannels = choice.peak
    mhcChannels = stage.mhcPart(of: choice.peak)
    recomputeTrafficChannels = choice.work
  }
}

/// One trade of peak against recomputing.
struct FrontierRow: Encodable {
  var peakChannels: Int
  var recomputeTrafficChannels: Int
  var recomputedLayers: Int
  var blockCount: Int

  init(_ point: RecomputeFrontier.Point) {
    peakChannels = point.peak
    recomputeTrafficChannels = point.work
    recomputedLayers = point.recomputedLayers
    blockCount = point.blocks
  }
}

/// One block size, by the paper's rule and on the timeline.
struct CurveRow: Encodable {
  var blockLayers: Int
  var paperCostChannels: Int
  var peakChannels: Int
  var recomputeTrafficChannels: Int

  init(blockLayers: Int, rule: Equation20, stage: MeasuredStage) throws {
    self.blockLayers = blockLayers
    paperCostChannels = rule.cost(blockLayers: blockLayers)
    peakChannels = stage.problem.uniformPeak(blockLayers: blockLayers)
    recomputeTrafficChannels = try stage.traffic(ofBlocks: stage.blocks(of: blockLayers))
  }
}
