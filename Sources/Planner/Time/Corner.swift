import CostModel
import Quantities

/// The choices of a device's constants that bound a step's time and the connection's overhead.
enum Corner: Int, CaseIterable {
  case expected
  /// The shortest step.
  case allFast
  /// The longest step.
  case allSlow
  /// The largest overhead: what it is compared with is fast, what it does is slow.
  case slowMemory
  /// The smallest overhead.
  case fastMemory

  var choice: RooflinePoint.Choice {
    switch self {
    case .expected: .init(memory: .expected, matrix: .expected)
    case .allFast: .init(memory: .fast, matrix: .fast)
    case .allSlow: .init(memory: .slow, matrix: .slow)
    case .slowMemory: .init(memory: .slow, matrix: .fast)
    case .fastMemory: .init(memory: .fast, matrix: .slow)
    }
  }

  /// The ranges, from the steps at every corner.
  static func planTime(_ steps: [StepTime], residual: [StepTime], microbatches: Int) -> PlanTime {
    func range(_ steps: [StepTime]) -> Estimate<Seconds> {
      Estimate(
        low: Seconds(steps[allFast.rawValue].seconds), expected: Seconds(steps[expected.rawValue].seconds),
        high: Seconds(steps[allSlow.rawValue].seconds))
    }
    func overhead(_ corner: Corner) -> Double {
      steps[corner.rawValue].seconds / residual[corner.rawValue].seconds - 1
    }
    let expectedStep = steps[expected.rawValue]
    let overheads = allCases.map(overhead)
    return PlanTime(
      step: range(steps), residualStep: range(residual),
      overhead: Estimate(
        low: overheads.min() ?? 0, expected: overhead(.expected), high: overheads.max() ?? 0),
      microbatch: MicrobatchTime(expectedStep.slowest), slowestStage: expectedStep.slowestStage,
      microbatches: microbatches, bubbleFraction: expectedStep.bubbleFraction)
  }
}
