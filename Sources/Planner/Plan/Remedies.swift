import CostModel

/// A change of one or two options with which a plan that does not fit would fit.
public struct Remedy: Sendable {
  /// The options as the command line spells them: `--layer-recompute full`.
  public let options: String
  /// The plan with them.
  public let plan: Plan
  /// Devices of that plan.
  public let devices: Int
}

extension Planner {
  /// What would make a layout fit: each change alone, and if none does, each together with full layer recompute.
  ///
  /// - Parameter layout: a layout that exists for the model.
  /// - Returns: the changes whose plan fits, those on as many devices first, then the fastest.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func remedies(_ layout: Layout) throws -> [Remedy] {
    let full = Change("--layer-recompute full", setup: { $0.layerRecompute = .full })
    let others = Self.changes(of: layout, setup)
    let alone = try ([full] + others).compactMap { try remedy([$0], layout) }
    let found = alone.isEmpty ? try others.compactMap { try remedy([full, $0], layout) } : alone
    return found.sorted { ($0.devices, $0.plan.time.step.expected) < ($1.devices, $1.plan.time.step.expected) }
  }

  /// One option set to another value.
  private struct Change {
    let option: String
    let setup: (inout TrainingSetup) -> Void
    let layout: (inout Layout) -> Void

    init(
      _ option: String, setup: @escaping (inout TrainingSetup) -> Void = { _ in },
      layout: @escaping (inout Layout) -> Void = { _ in }
    ) {
      self.option = option
      self.setup = setup
      self.layout = layout
    }
  }

  private static func changes(of layout: Layout, _ setup: TrainingSetup) -> [Change] {
    let stages = ZeroStage.allCases.filter { $0.rawValue > max(1, setup.zeroStage.rawValue) }
    var changes = stages.map { stage in Change("--zero \(stage.rawValue)", setup: { $0.zeroStage = stage }) }
    if setup.optimizer == .adamW {
      changes.append(Change("--optimizer adamw-bf16", setup: { $0.optimizer = .adamWBFloat16 }))
    }
    let (tensor, context, expert) = (2 * layout.tensor, 2 * layout.context, 2 * layout.expert)
    let pipeline = 2 * layout.pipeline
    changes += [
      Change("--tensor \(tensor) --sequence-parallel", layout: { ($0.tensor, $0.sequenceParallel) = (tensor, true) }),
      Change("--context \(context)", layout: { $0.context = context }),
      Change("--expert \(expert)", layout: { $0.expert = expert }),
    ]
    if layout.stageLayers.isEmpty {
      changes.append(Change("--pipeline \(pipeline)", layout: { $0.pipeline = pipeline }))
    }
    if layout.microbatch % 2 == 0 {
      changes.append(Change("--microbatch \(layout.microbatch / 2)", layout: { $0.microbatch /= 2 }))
    }
    return changes
  }

  /// The plan with these changes; nil where it does not fit, or the changed layout does not exist.
  private func remedy(_ changes: [Change], _ layout: Layout) throws -> Remedy? {
    var (setup, changed) = (self.setup, layout)
    for change in changes {
      change.setup(&setup)
      change.layout(&changed)
    }
    guard setup != self.setup || changed != layout else { return nil }
    do {
      let planner = try with(setup)
      let plan = try planner.plan(changed)
      guard plan.verdict.fits else { return nil }
      return Remedy(
        options: changes.map(\.option).joined(separator: " "), plan: plan, devices: try changed.devices)
    } catch is PlanError {
      return nil
    }
  }
}
