// For those who plan many layouts and setups of one model.

extension Planner {
  /// The planner of the same model, device and sequence length under another setup.
  ///
  /// What the two setups have in common is not costed again.
  ///
  /// - Parameter setup: how the model is trained.
  /// - Returns: a planner that plans as one made from scratch does.
  /// - Throws: ``PlanError`` for a setup that does not exist; `OverflowError` for sizes beyond 64 bits.
  public func under(_ setup: TrainingSetup) throws -> Planner { try with(setup) }

  /// Checks that a layout exists for this planner's model, without planning it.
  ///
  /// - Parameter layout: the layout.
  /// - Throws: ``PlanError`` that names the option and the sizes that would do; `OverflowError` when the devices or the
  ///   tokens of the layout cannot be counted.
  public func check(_ layout: Layout) throws { try layout.check(limits) }
}
