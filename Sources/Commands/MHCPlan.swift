public import ArgumentParser

/// The root command.
public struct MHCPlan: ParsableCommand {
  /// Name, summary and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "mhc-plan",
    abstract: "What hyper-connections cost in training: bytes, FLOPs, memory, time, and the recompute blocks to use.",
    version: "0.1.0",
    subcommands: [
      PlanCommand.self, SearchCommand.self, MergeCommand.self, LayerCommand.self, RecomputeCommand.self,
      HardwareCommand.self, MeasureCommand.self, ValidateCommand.self, VectorsCommand.self,
      EvidenceCommand.self, CalibrateCommand.self,
    ])

  /// Made by the argument parser.
  public init() {}
}
