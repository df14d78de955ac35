import ArgumentParser
import CostModel
import Planner
import Schedules
import Search

/// Sizes of the layouts to try, as options.
struct SizeOptions: ParsableArguments {
  @Option(help: "Replicas of the model, such as 1,2,4. Default for this and the next five: every size.")
  var data: ListArgument<Int>?
  @Option(help: "Devices that share every matrix product.") var tensor: ListArgument<Int>?
  @Option(help: "Pipeline stages.") var pipeline: ListArgument<Int>?
  @Option(help: "Devices that share the experts.") var expert: ListArgument<Int>?
  @Option(help: "Devices that share the tokens of a sequence.") var context: ListArgument<Int>?
  @Option(help: "Sequences of a microbatch.") var microbatch: ListArgument<Int>?
  @Option(help: "gpipe, 1f1b, interleaved, zb-h1, zb-v, dualpipe or dualpipev.")
  var schedule = ListArgument([ScheduleName.oneForwardOneBackward])
  @Option(help: "Chunks of the model on a stage, for interleaved.") var chunks = ListArgument([2])
  @Flag(inversion: .prefixedNo, help: "Divide tokens over the tensor-parallel devices outside matrix products.")
  var sequenceParallel = true

  /// The sizes, ascending.
  func resolve() throws -> LayoutSizes {
    func sizes(_ list: ListArgument<Int>?, _ option: String) throws -> [Int]? {
      for size in list?.values ?? [] { try Check.range(size, 1...Layout.largestSize, option) }
      return list?.values.sorted()
    }
    return LayoutSizes(
      data: try sizes(data, "--data"), tensor: try sizes(tensor, "--tensor"),
      pipeline: try sizes(pipeline, "--pipeline"), expert: try sizes(expert, "--expert"),
      context: try sizes(context, "--context"), microbatch: try sizes(microbatch, "--microbatch"),
      schedules: schedule.values, chunks: try sizes(chunks, "--chunks") ?? [])
  }
}

/// How the model is trained, as options: lists of what is tried, and what is the same in all plans.
struct SearchTrainingOptions: ParsableArguments {
  @Option(help: "Residual streams n to try, such as 2,4. Default: the model's, or 4 where it has one.")
  var streams: ListArgument<Int>?
  @Option(help: "Levels of fusion to try. Default: paper, or the most fused that exists.")
  var fusion: ListArgument<Fusion>?
  @Option(help: "ZeRO stages to try.") var zero = ListArgument([0, 1, 2, 3])
  @Option(help: "What layer functions run again: none, attention, full.")
  var layerRecompute = ListArgument(RecomputeLevel.allCases)
  @Option(
    help:
      "Policies for streams and layer inputs: auto, none, paper, uniform, uneven, residual layers of a block, or 3x2.")
  var recompute = ListArgument([StreamRecompute.auto, .uneven])
  @Option(help: "residual, hc, mhc, identity-hc, mhc-lite or kromhc.") var connection = Connection.manifold
  @Option(help: "Storage of the streams: bf16 or fp32.") var streamFormat = NumberFormat.bfloat16
  @Option(help: "Inputs of the layer functions' matrix products: bf16, fp8, ...") var matrixFormat = MatrixFormat
    .bfloat16
  @Option(help: "Storage of weights: bf16, fp32 or fp8.") var weightFormat = NumberFormat.bfloat16
  @Option(help: "Storage of gradients: fp32 or bf16.") var gradientFormat = NumberFormat.float32
  @Option(help: "adamw, adamw-bf16 or muon.") var optimizer = Optimizer.adamW
  @Option(help: "Coefficients in recompute: kept or recomputed.") var coefficients = CoefficientPolicy.kept
  @Option(help: "Device memory not to use: 5%, 512MiB or 4GiB.") var reserve = Reserve.fraction(thousandths: 50)
  @OptionGroup var overlap: OverlapArguments

  /// What is tried.
  func lists(for model: ModelShape) throws -> SettingLists {
    for count in streams?.values ?? [] { try Check.range(count, 1...64, "--streams") }
    let isResidual = connection == .residual
    let counts = isResidual ? [1] : streams?.values.sorted() ?? [model.streams > 1 ? model.streams : 4]
    for count in counts { try Check.range(count, 1...64, "--streams") }
    let own = connection.fusions
    return SettingLists(
      streams: counts, fusions: fusion?.values ?? [own.contains(.paper) ? .paper : own.last ?? .unfused],
      zeroStages: try zero.values.sorted().map { number in
        guard let stage = ZeroStage(rawValue: number) else {
          throw ValidationError("--zero: expected 0 to 3, found \(number)")
        }
        return stage
      },
      layerRecompute: layerRecompute.values, streamRecompute: recompute.values)
  }

  /// What is the same in all plans; the rest of the setup is any.
  func resolve(_ lists: SettingLists) throws -> TrainingSetup {
    try TrainingOptions.check(streamFormat: streamFormat, weightFormat: weightFormat, gradientFormat: gradientFormat)
    return TrainingSetup(
      connection: connection, streams: lists.streams[0], fusion: lists.fusions[0],
      precision: Precision(stream: streamFormat), matrixFormat: matrixFormat, weightFormat: weightFormat,
      gradientFormat: gradientFormat, optimizer: optimizer, coefficients: coefficients, reserve: reserve,
      overlap: overlap.options)
  }
}
