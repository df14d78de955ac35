import CostModel
import Planner
import Quantities

/// The plan that a framework can run, found from the one that was asked for, a change at a time.
struct NearestPlan {
  let framework: Framework
  private(set) var planner: Planner
  private(set) var plan: Plan
  private(set) var compromises: [Compromise] = []

  init(_ framework: Framework, _ planner: Planner, _ plan: Plan) throws {
    self.framework = framework
    self.planner = planner
    self.plan = plan
    let abilities = Abilities(framework, planner.model)
    try limitFormats(abilities)
    try limitConnection(abilities)
    wrapExperts()
    try limitPrediction(abilities)
    try limitLayerRecompute(abilities)
    try limitTensor(abilities)
    try limitContext(abilities)
    try limitPipeline(abilities)
    try limitSchedule(abilities)
    try limitBlocks(abilities)
  }

  var hasStreams: Bool { planner.setup.connection != .residual }

  /// Records what cannot be done and has nothing nearest.
  mutating func refuse(_ asked: String, because reason: String) {
    compromises.append(Compromise(asked: asked, reason: reason, nearest: nil, before: plan, after: plan))
  }

  /// Records what is done in another way that costs nothing.
  mutating func substitute(_ asked: String, because reason: String, with nearest: String) {
    compromises.append(Compromise(asked: asked, reason: reason, nearest: nearest, before: plan, after: plan))
  }

  /// Goes on with the best of the candidates: of those that fit the fastest, else the one with the lowest peak.
  ///
  /// - Parameters:
  ///   - asked: what the plan asks for.
  ///   - reason: why the framework cannot.
  ///   - candidates: what could be done instead; those that do not exist are passed over.
  ///   - prefersMemory: takes the lowest peak even where several fit.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  mutating func replace(
    _ asked: String, because reason: String, with candidates: [Candidate], prefersMemory: Bool = false
  ) throws {
    var best: (candidate: Candidate, planner: Planner, plan: Plan)?
    for candidate in candidates {
      guard let (planner, plan) = try evaluate(candidate) else { continue }
      if let known = best, !plan.isBetter(than: known.plan, prefersMemory: prefersMemory) { continue }
      best = (candidate, planner, plan)
    }
    guard let best else { return refuse(asked, because: reason) }
    compromises.append(
      Compromise(asked: asked, reason: reason, nearest: best.candidate.name, before: plan, after: best.plan))
    (planner, plan) = (best.planner, best.plan)
  }

  /// A plan with the candidate's changes; nil where it does not exist.
  func evaluate(_ candidate: Candidate) throws -> (Planner, Plan)? {
    do {
      var (model, setup, layout) = (planner.model, planner.setup, plan.layout)
      candidate.change(&model, &setup, &layout)
      var changed = planner
      if model != planner.model || setup != planner.setup {
        changed = try Planner(model: model, hardware: planner.hardware, setup: setup, sequence: planner.sequence)
      }
      return (changed, try changed.plan(layout))
    } catch is PlanError {
      return nil
    } catch is OverflowError {
      return nil
    }
  }

  /// A change to what was asked for.
  struct Candidate {
    let name: String
    let change: (inout ModelShape, inout TrainingSetup, inout Layout) -> Void

    init(_ name: String, _ change: @escaping (inout ModelShape, inout TrainingSetup, inout Layout) -> Void) {
      self.name = name
      self.change = change
    }
  }
}

extension Plan {
  /// Whether it is to be preferred: it fits and is faster, or neither fits and it has the lower peak.
  fileprivate func isBetter(than other: Plan, prefersMemory: Bool) -> Bool {
    let (steps, peaks) = ((time.step.expected, other.time.step.expected), (peak, other.peak))
    if prefersMemory { return peaks.0 == peaks.1 ? steps.0 < steps.1 : peaks.0 < peaks.1 }
    guard verdict.fits == other.verdict.fits else { return verdict.fits }
    if verdict.fits, steps.0 != steps.1 { return steps.0 < steps.1 }
    return peaks.0 < peaks.1
  }
}
