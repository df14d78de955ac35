import CostModel
import Planner

/// The result of `recompute`.
struct RecomputeDocument: ResultDocument {
  static let command = "recompute"
  static let version = 1

  var request: RecomputeRequest
  var assumptions: [String]
  var excluded: [String]
  var paper: PaperRow
  var uniform: UniformRow
  var uneven: UnevenRow
  /// The peak when nothing is recomputed, in channels.
  var stored: Int
  /// The same with cuts between Transformer layers only; none where the layers are not pairs.
  var transformerLayers: TransformerRows?
  /// Left out without a budget, and where nothing fits.
  var withinBudget: ChoiceRow?
  var frontier: [FrontierRow]
  var curve: [CurveRow]

  init(_ request: RecomputeRequest) throws {
    let problem = try RecomputeProblem(
      layers: request.layers, streams: request.streams, saved: request.saved, inFlight: request.inFlight)
    let stage = MeasuredStage(
      problem: problem, work: try RecomputeWork(layers: request.layers, streams: request.streams))
    let rule = try Equation20(layers: request.layers, streams: request.streams)
    self.request = request
    paper = PaperRow(rule, on: problem)
    curve = try (1...request.layers).map { try CurveRow(blockLayers: $0, rule: rule, stage: stage) }
    uniform = try UniformRow(stage)
    uneven = try UnevenRow(stage)
    stored = problem.storedPeak
    let budget = request.budgetChannels
    if request.layers.isMultiple(of: 2) {
      transformerLayers = try TransformerRows(stage, curve: curve, budget: budget)
    }
    if let budget { withinBudget = try ChoiceRow(within: budget, on: stage) }
    frontier = try problem.frontier(stage.work).points.map(FrontierRow.init)
    assumptions = [
      "a residual layer is one layer function with its connection: two a Transformer layer",
      "F is freed layer by layer as the backward pass goes; a block is recomputed as a whole before its backward pass",
      "the other microbatches in flight hold their block inputs and F of every layer",
      "recompute traffic: the paper's kernels and the pre-norm, coefficients kept",
      "withinBudget and frontier: a stored layer keeps its streams, its layer input and the norm of it",
    ]
    excluded = [
      "lightweight coefficients, as in Table 3",
      "what the backward pass of a layer holds for itself: gradients, workspaces",
      "embedding, head and everything else outside the stage's residual layers",
    ]
  }
}

/// A stage with what recomputing it moves.
struct MeasuredStage {
  var problem: RecomputeProblem
  var work: RecomputeWork

  /// Traffic of every layer recomputed in these blocks.
  func traffic(ofBlocks blocks: [Int]) throws -> Int {
    try work.work(of: blocks.map { RecomputeSegment(.recomputed, layers: $0) })
  }

  /// What a peak leaves of the layer functions' own activations: the part that is due to mHC.
  func mhcPart(of peak: Int) -> Int { peak - problem.inFlight * problem.residentTotal }

  /// Blocks of one size, the last one shorter where it must be.
  func blocks(of size: Int) -> [Int] {
    let (full, rest) = problem.layers.quotientAndRemainder(dividingBy: size)
    return Array(repeating: size, count: full) + (rest > 0 ? [rest] : [])
  }

  /// The same stage, a Transformer layer a layer.
  var inTransformerLayers: MeasuredStage {
    MeasuredStage(problem: problem.grouped(by: 2), work: work.grouped(by: 2))
  }
}
