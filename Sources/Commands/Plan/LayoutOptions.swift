import ArgumentParser
import CostModel
import Planner
import Quantities
import Schedules

/// Sizes of the layout, as options.
struct LayoutOptions: ParsableArguments {
  @Option(help: "Replicas of the model. Default: as few as the experts need.") var data: Int?
  @Option(help: "Devices that share every matrix product.") var tensor = 1
  @Option(help: "Pipeline stages.") var pipeline = 1
  @Option(help: "Devices that share the experts; divides data × tensor × context.") var expert = 1
  @Option(help: "Devices that share the tokens of a sequence.") var context = 1
  @Option(help: "Sequences of a microbatch.") var microbatch = 1
  @Option(help: "Tokens of a sequence. Default: the model's.") var sequence: Int?
  @Option(help: "Sequences of a step. Default: four microbatches a pipeline stage.") var globalBatch: Int?
  @Flag(inversion: .prefixedNo, help: "Divide tokens over the tensor-parallel devices outside matrix products.")
  var sequenceParallel = true
  @Option(help: "Transformer layers of each stage, or of each chunk, such as 6,6,5,5. Default: even.")
  var stageLayers: StageLayers?
  @Option(help: "gpipe, 1f1b, interleaved, zb-h1, zb-v, dualpipe or dualpipev.")
  var schedule = ScheduleName.oneForwardOneBackward
  @Option(help: "Chunks of the model on a stage, for interleaved. Default: 2.") var chunks: Int?

  /// The layout with its defaults filled in.
  func resolve(for model: ModelShape) throws -> Layout {
    let limit = Layout.largestSize
    for (option, size) in [
      ("--data", data ?? 1), ("--tensor", tensor), ("--pipeline", pipeline), ("--expert", expert),
      ("--context", context), ("--microbatch", microbatch), ("--sequence", sequence ?? 1),
      ("--global-batch", globalBatch ?? 1), ("--chunks", chunks ?? 1),
    ] {
      try Check.range(size, 1...limit, option)
    }
    guard chunks == nil || schedule == .interleaved else {
      throw ValidationError("--chunks: expected it with --schedule interleaved, found \(schedule.rawValue)")
    }
    let shared = try product("tensor × context", tensor, context)
    let data = data ?? max(1, (expert + shared - 1) / shared)
    let globalBatch = try globalBatch ?? product("sequences of a step", 4, data, microbatch, pipeline)
    return Layout(
      data: data, tensor: tensor, sequenceParallel: sequenceParallel, pipeline: pipeline, expert: expert,
      context: context, microbatch: microbatch, sequence: sequence ?? model.defaultSequence, globalBatch: globalBatch,
      stageLayers: stageLayers?.sizes ?? [], schedule: schedule, chunks: chunks ?? 2)
  }
}

/// Sizes of pipeline stages as one argument: `6,6,5,5`.
struct StageLayers: ExpressibleByArgument {
  var sizes: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count <= 65536, !parts.contains(nil) else { return nil }
    sizes = parts.compactMap { $0 }
  }
}
