public import Planner

/// A plan as the settings of a framework: what to set, what the framework cannot do, and what that costs.
///
/// The settings are those of ``nearest``, which is the plan itself where the framework can do all of it.
public struct FrameworkSettings: Sendable {
  /// The framework.
  public let framework: Framework
  /// The settings, in the order in which they are written.
  public let settings: [Setting]
  /// What the framework cannot do, in the order in which it was given up.
  public let compromises: [Compromise]
  /// What else there is to know, a sentence each.
  public let notes: [String]
  /// The plan that was asked for.
  public let asked: Plan
  /// The plan that the settings set.
  public let nearest: Plan

  /// The plan with the framework's default of one recompute block a stage; nil where that is ``nearest``, or where no
  /// streams are recomputed.
  public let withOneBlock: Plan?

  /// Statements that the settings need before them, in the framework's language.
  public let preamble: [String]
  /// Statements that belong after them.
  public let closing: [String]

  /// The settings of one plan.
  ///
  /// - Parameters:
  ///   - framework: whose settings.
  ///   - planner: the planner that made the plan.
  ///   - plan: the plan.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public init(for framework: Framework, _ planner: Planner, _ plan: Plan) throws {
    self.framework = framework
    asked = plan
    var found = try NearestPlan(framework, planner, plan)
    let writer = SettingsWriter(framework, found.planner, found.plan)
    for (asked, reason) in writer.refusals { found.refuse(asked, because: reason) }
    compromises = found.compromises
    nearest = found.plan
    settings = writer.settings
    preamble = writer.preamble
    closing = writer.closing
    notes = try writer.notes + writer.messageNotes()
    withOneBlock = framework == .mindSpeed ? nil : try found.defaultBlock
  }
}
