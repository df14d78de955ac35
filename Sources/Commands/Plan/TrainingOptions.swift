import ArgumentParser
import CostModel
import Planner

/// How the model is trained, as options.
struct TrainingOptions: ParsableArguments {
  @Option(help: "Residual streams n, 1 to 64. Default: the model's, or 4 where it has one.") var streams: Int?
  @Option(help: "residual, hc, mhc, identity-hc, mhc-lite or kromhc.") var connection = Connection.manifold
  @Option(help: "eager, unfused, paper, two-pass or single-pass. Default: paper, or the most fused that exists.")
  var fusion: Fusion?
  @Option(help: "Storage of the streams: bf16 or fp32.") var streamFormat = NumberFormat.bfloat16
  @Option(help: "Inputs of the layer functions' matrix products: bf16, fp8, ...") var matrixFormat = MatrixFormat
    .bfloat16
  @Option(help: "Storage of weights: bf16, fp32 or fp8.") var weightFormat = NumberFormat.bfloat16
  @Option(help: "Storage of gradients: fp32 or bf16.") var gradientFormat = NumberFormat.float32
  @Option(help: "adamw, adamw-bf16 or muon.") var optimizer = Optimizer.adamW
  @Option(help: "ZeRO stage, 0 to 3: what data-parallel devices share.") var zero = 1
  @Option(help: "Layer functions run again: none, attention (its core), or full, where layers are recomputed.")
  var layerRecompute = RecomputeLevel.none
  @Option(
    help:
      "Streams and layer inputs: a policy, residual layers of a block, or 3x2: the first three blocks of two layers.")
  var recompute = StreamRecompute.auto
  @Option(help: "Coefficients in recompute: kept or recomputed.") var coefficients = CoefficientPolicy.kept
  @Option(help: "Device memory not to use: 5%, 512MiB or 4GiB.") var reserve = Reserve.fraction(thousandths: 50)

  @OptionGroup var overlap: OverlapArguments

  /// The setup with its defaults filled in.
  func resolve(for model: ModelShape) throws -> TrainingSetup {
    if let streams { try Check.range(streams, 1...64, "--streams") }
    let isResidual = connection == .residual
    let streams = isResidual ? 1 : streams ?? (model.streams > 1 ? model.streams : 4)
    try Check.range(streams, 1...64, "--streams")
    try Self.check(streamFormat: streamFormat, weightFormat: weightFormat, gradientFormat: gradientFormat)
    guard let zeroStage = ZeroStage(rawValue: zero) else {
      throw ValidationError("--zero: expected 0 to 3, found \(zero)")
    }
    let own = connection.fusions
    let fusion = fusion ?? (own.contains(.paper) ? .paper : own.last ?? .unfused)
    return TrainingSetup(
      connection: connection, streams: streams, fusion: fusion, precision: Precision(stream: streamFormat),
      matrixFormat: matrixFormat, weightFormat: weightFormat, gradientFormat: gradientFormat, optimizer: optimizer,
      zeroStage: zeroStage, layerRecompute: layerRecompute, streamRecompute: recompute, coefficients: coefficients,
      reserve: reserve,
      overlap: overlap.options)
  }

  /// Checks the formats that options name.
  static func check(streamFormat: NumberFormat, weightFormat: NumberFormat, gradientFormat: NumberFormat) throws {
    guard streamFormat == .bfloat16 || streamFormat == .float32 else {
      throw ValidationError("--stream-format: expected bf16 or fp32, found \(streamFormat.rawValue)")
    }
    guard weightFormat != .float4 else {
      throw ValidationError("--weight-format: expected bf16, fp32 or fp8, found fp4")
    }
    guard gradientFormat == .bfloat16 || gradientFormat == .float32 else {
      throw ValidationError("--gradient-format: expected bf16 or fp32, found \(gradientFormat.rawValue)")
    }
  }
}
