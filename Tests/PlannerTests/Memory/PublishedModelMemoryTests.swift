import CostModel
import Planner
import Quantities
import Testing

/// Memory of published models, recomputed outside this project from their sizes and typed in.
///
/// Bytes kept a token by a layer function, bf16 unless said: MLA 2·2(r_q + r_kv) + 2(2h(d_n+d_r) + 2h d_v) + 4h;
/// GQA 2(2h + 2h_kv)d + 4h; SwiGLU 2·3I; a mixture 4E + 8k + 2kC + 2·3(k I_e + E_s I_s). A residual layer of mHC keeps
/// besides 2C (output) and 4(2(n²+2n) + 1) (coefficients) a token, 2nC a stream held, 4C a layer stored. Weights take
/// 2 bytes, gradients 4, AdamW 12 with its fp32 copy, Muon 8 for matrices, and connections 4, 4 and 8. Logits take
/// 6 bytes, and a head keeps 4C a token more.
@Suite struct PublishedModelMemoryTests {
  private func check(
    _ planner: Planner, _ layout: Layout, stage: Int, inFlight: Int, residualLayers: Int, _ expected: [MemoryPart: Int],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let plan = try planner.plan(layout).stages[stage]
    #expect(plan.inFlight == inFlight, sourceLocation: sourceLocation)
    #expect(plan.residualLayers == residualLayers, sourceLocation: sourceLocation)
    let memory = try planner.memory(of: plan, in: layout)
    for part in MemoryPart.allCases {
      #expect(memory.bytes(part).count == expected[part] ?? 0, "\(part)", sourceLocation: sourceLocation)
    }
    #expect(plan.peak.count == expected.values.reduce(0, +), sourceLocation: sourceLocation)
  }

  @Test func `mhc-27b on 4 stages in blocks of 5, its experts on 8 devices`() throws {
    // 30 Transformer layers as 7, 8, 8, 7. Stage 0 peaks at its first block: three other microbatches of 14 outputs and
    // 3 block inputs, and 5 outputs, 1 input, 4 streams and 5 layer inputs of this one. The last stage peaks at the loss.
    let setup = TrainingSetup(
      connection: .manifold, streams: 4, fusion: .paper, streamRecompute: .blocks(ofLayers: 5))
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    let layout = Layout(data: 8, pipeline: 4, expert: 8, sequence: 4096, globalBatch: 128)
    try check(
      planner, layout, stage: 0, inFlight: 4, residualLayers: 14,
      [
        .weights: 2_870_213_960, .gradients: 5_726_663_848, .optimizer: 8_834_382_600,
        .layerActivations: 16_455_827_456, .layerOutputs: 1_174_405_120, .streams: 1_006_632_960,
        .coefficients: 44_957_696, .recomputeTransient: 419_430_400, .buffers: 764_739_584,
      ])
    try check(
      planner, layout, stage: 2, inFlight: 2, residualLayers: 16,
      [
        .weights: 2_605_083_456, .gradients: 5_194_436_544, .optimizer: 10_864_086_288,
        .layerActivations: 9_694_085_120, .layerOutputs: 671_088_640, .streams: 671_088_640,
        .coefficients: 25_690_112, .recomputeTransient: 41_943_040, .buffers: 764_739_584,
      ])
    try check(
      planner, layout, stage: 3, inFlight: 1, residualLayers: 14,
      [
        .weights: 2_941_366_744, .gradients: 5_868_969_416, .optimizer: 10_002_514_548,
        .layerActivations: 4_241_162_240, .layerOutputs: 293_601_280, .streams: 251_658_240,
        .coefficients: 11_239_424, .logits: 3_219_128_320, .buffers: 764_739_584,
      ])
  }

  @Test func `mhc-27b with nothing recomputed`() throws {
    let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: .stored)
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    let layout = Layout(data: 8, pipeline: 4, expert: 8, sequence: 4096, globalBatch: 128)
    try check(
      planner, layout, stage: 0, inFlight: 4, residualLayers: 14,
      [
        .weights: 2_870_213_960, .gradients: 5_726_663_848, .optimizer: 8_834_382_600,
        .layerActivations: 16_455_827_456, .layerOutputs: 1_174_405_120, .streams: 4_697_620_480,
        .layerInputs: 2_348_810_240, .coefficients: 44_957_696, .buffers: 764_739_584,
      ])
    try check(
      planner, layout, stage: 2, inFlight: 2, residualLayers: 16,
      [
        .weights: 2_605_083_456, .gradients: 5_194_436_544, .optimizer: 10_864_086_288,
        .layerActivations: 9_694_085_120, .layerOutputs: 671_088_640, .streams: 2_684_354_560,
        .layerInputs: 1_342_177_280, .coefficients: 25_690_112, .buffers: 764_739_584,
      ])
    try check(
      planner, layout, stage: 3, inFlight: 1, residualLayers: 14,
      [
        .weights: 2_941_366_744, .gradients: 5_868_969_416, .optimizer: 10_002_514_548,
        .layerActivations: 4_241_162_240, .layerOutputs: 293_601_280, .streams: 1_174_405_120,
        .layerInputs: 587_202_560, .coefficients: 11_239_424, .logits: 3_219_128_320, .buffers: 764_739_584,
      ])
  }

  /// ZeRO stage, optimizer, and bytes of weights, gradients, optimizer state and buffers.
  static let sharded: [(Int, Optimizer, weights: Int, gradients: Int, optimizer: Int, buffers: Int)] = [
    (0, .adamW, 8_030_527_488, 16_061_054_976, 48_183_164_928, 419_430_400),
    (1, .adamW, 8_030_527_488, 16_061_054_976, 12_045_791_232, 419_430_400),
    (2, .adamW, 8_030_527_488, 4_015_263_744, 12_045_791_232, 419_430_400),
    (3, .adamW, 2_007_631_872, 4_015_263_744, 12_045_791_232, 1_120_944_128),
    (0, .muon, 8_030_527_488, 16_061_054_976, 34_224_521_216, 419_430_400),
    (1, .muon, 8_030_527_488, 16_061_054_976, 8_556_130_304, 419_430_400),
    (2, .muon, 8_030_527_488, 4_015_263_744, 8_556_130_304, 419_430_400),
    (3, .muon, 2_007_631_872, 4_015_263_744, 8_556_130_304, 1_120_944_128),
  ]

  @Test(arguments: sharded)
  func `llama-3-8b on two tensor and four data devices under every ZeRO stage`(
    _ zero: Int, _ optimizer: Optimizer, _ weights: Int, _ gradients: Int, _ state: Int, _ buffers: Int
  ) throws {
    // 8,030,261,248 parameters, half of each matrix and all 266,240 of the norms on a device: 4,015,263,744. Of them
    // 525,602,816 are Muon's AdamW part: half the embedding, half the head, the norms. Stage 3 gathers half a SwiGLU and
    // half the embedding.
    let setup = TrainingSetup(
      connection: .residual, streams: 1, fusion: .unfused, optimizer: optimizer,
      zeroStage: try #require(ZeroStage(rawValue: zero)), streamRecompute: .stored)
    let planner = try Planner.named("llama-3-8b", setup, sequence: 8192)
    let layout = Layout(data: 4, tensor: 2, sequence: 8192, globalBatch: 16)
    try check(
      planner, layout, stage: 0, inFlight: 1, residualLayers: 64,
      [
        .weights: weights, .gradients: gradients, .optimizer: state, .buffers: buffers,
        .layerActivations: 13_975_420_928, .streams: 2_147_483_648, .layerInputs: 2_147_483_648,
        .logits: 3_219_128_320,
      ])
  }

  @Test func `llama-3-8b on 16 tensor devices keeps a whole key-value head on each, not half of one`() throws {
    func activations(_ tensor: Int) throws -> Int {
      let setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused, streamRecompute: .stored)
      let planner = try Planner.named("llama-3-8b", setup, sequence: 8192)
      let layout = Layout(tensor: tensor, sequence: 8192, globalBatch: 1)
      let stage = try planner.plan(layout).stages[0]
      return try planner.memory(of: stage, in: layout).bytes(.layerActivations).count
    }
    // All but k and v halves from 8 to 16 devices; k and v are 2 × 128 bf16 channels of a token in 32 layers, both times.
    let heads = 32 * 8192 * 2 * 128 * 2
    #expect(try activations(16) - heads == (activations(8) - heads) / 2)
  }

  @Test func `deepseek-v3 with mHC on 16 stages in blocks of 3, its experts on 64 devices`() throws {
    // 61 layers and a prediction module as 3, 14 times 4, and 2 with the module: 6, 8 and 6 residual layers.
    let setup = TrainingSetup(
      connection: .manifold, streams: 4, fusion: .paper, optimizer: .adamWBFloat16,
      streamRecompute: .blocks(ofLayers: 3))
    let planner = try Planner.named("deepseek-v3", setup, sequence: 4096)
    let layout = Layout(data: 64, pipeline: 16, expert: 64, sequence: 4096, globalBatch: 4096)
    try check(
      planner, layout, stage: 0, inFlight: 16, residualLayers: 6,
      [
        .weights: 5_370_774_152, .gradients: 10_725_032_584, .optimizer: 335_157_272,
        .layerActivations: 55_666_802_688, .layerOutputs: 5_637_144_576, .streams: 7_516_192_768,
        .coefficients: 77_070_336, .recomputeTransient: 822_083_584, .buffers: 1_646_264_320,
      ])
    try check(
      planner, layout, stage: 8, inFlight: 8, residualLayers: 8,
      [
        .weights: 3_295_284_064, .gradients: 6_568_547_168, .optimizer: 5_754_331_296,
        .layerActivations: 52_286_193_664, .layerOutputs: 3_758_096_384, .streams: 5_637_144_576,
        .coefficients: 51_380_224, .recomputeTransient: 469_762_048, .buffers: 1_866_727_424,
      ])
    try check(
      planner, layout, stage: 15, inFlight: 1, residualLayers: 6,
      [
        .weights: 6_383_757_448, .gradients: 12_750_999_176, .optimizer: 4_560_266_872,
        .layerActivations: 4_901_830_656, .layerOutputs: 352_321_536, .streams: 469_762_048,
        .coefficients: 4_816_896, .logits: 7_176_454_144, .buffers: 1_866_727_424,
      ])
  }

  @Test func `deepseek-v3 as it is, nothing recomputed`() throws {
    let setup = TrainingSetup(
      connection: .residual, streams: 1, fusion: .unfused, optimizer: .adamWBFloat16, streamRecompute: .stored)
    let planner = try Planner.named("deepseek-v3", setup, sequence: 4096)
    let layout = Layout(data: 64, pipeline: 16, expert: 64, sequence: 4096, globalBatch: 4096)
    try check(
      planner, layout, stage: 0, inFlight: 16, residualLayers: 6,
      [
        .weights: 5_354_258_432, .gradients: 10_708_516_864, .optimizer: 334_641_152,
        .layerActivations: 55_666_802_688, .streams: 5_637_144_576, .layerInputs: 5_637_144_576,
        .buffers: 941_621_248,
      ])
    try check(
      planner, layout, stage: 8, inFlight: 8, residualLayers: 8,
      [
        .weights: 3_273_263_104, .gradients: 6_546_526_208, .optimizer: 5_753_643_136,
        .layerActivations: 52_286_193_664, .streams: 3_758_096_384, .layerInputs: 3_758_096_384,
        .buffers: 1_162_084_352,
      ])
    try check(
      planner, layout, stage: 15, inFlight: 1, residualLayers: 6,
      [
        .weights: 6_367_241_728, .gradients: 12_734_483_456, .optimizer: 4_559_750_752,
        .layerActivations: 4_901_830_656, .streams: 352_321_536, .layerInputs: 352_321_536, .logits: 6_765_412_352,
        .buffers: 1_162_084_352,
      ])
  }

  @Test func `deepseek-v4-flash on 8 stages in blocks of 4, its experts on 32 devices`() throws {
    // 43 layers and a prediction module as 5, 5, 5, 6, 6, 6, 6, 4; every head reads the streams out by a projection.
    let setup = TrainingSetup(
      connection: .manifold, streams: 4, fusion: .paper, optimizer: .muon, streamRecompute: .blocks(ofLayers: 4))
    let planner = try Planner.named("deepseek-v4-flash", setup, sequence: 4096)
    let layout = Layout(data: 32, pipeline: 8, expert: 32, sequence: 4096, globalBatch: 1024)
    try check(
      planner, layout, stage: 0, inFlight: 8, residualLayers: 10,
      [
        .weights: 4_504_937_656, .gradients: 8_994_145_592, .optimizer: 8_429_737_312,
        .layerActivations: 60_330_868_736, .layerOutputs: 2_684_354_560, .streams: 3_221_225_472,
        .coefficients: 64_225_280, .recomputeTransient: 268_435_456, .buffers: 1_556_086_784,
      ])
    try check(
      planner, layout, stage: 4, inFlight: 4, residualLayers: 12,
      [
        .weights: 4_173_360_912, .gradients: 8_327_846_160, .optimizer: 9_882_184_888,
        .layerActivations: 36_609_196_032, .layerOutputs: 1_610_612_736, .streams: 1_610_612_736,
        .coefficients: 38_535_168, .recomputeTransient: 671_088_640, .buffers: 1_556_086_784,
      ])
    try check(
      planner, layout, stage: 7, inFlight: 1, residualLayers: 10,
      [
        .weights: 5_639_925_452, .gradients: 11_264_121_184, .optimizer: 8_637_804_364,
        .layerActivations: 7_558_201_344, .layerOutputs: 335_544_320, .streams: 402_653_184,
        .coefficients: 8_028_160, .logits: 6_958_350_336, .buffers: 1_556_086_784,
      ])
  }

  @Test func `deepseek-v4-flash with tensor and context parallelism, its gradients sharded`() throws {
    // d = 8, t = 2, c = 2: 16 devices share dense gradients and state, 2 those of the experts, of which each has 16.
    // Two sequences a microbatch are 4096 tokens after the context is divided, 2048 of them a tensor-parallel device's.
    let setup = TrainingSetup(
      connection: .manifold, streams: 4, fusion: .paper, optimizer: .muon, zeroStage: .gradients,
      streamRecompute: .blocks(ofLayers: 4))
    let planner = try Planner.named("deepseek-v4-flash", setup, sequence: 4096)
    let layout = Layout(
      data: 8, tensor: 2, pipeline: 8, expert: 16, context: 2, microbatch: 2, sequence: 4096, globalBatch: 512)
    try check(
      planner, layout, stage: 0, inFlight: 8, residualLayers: 10,
      [
        .weights: 5_342_225_272, .gradients: 4_190_010_412, .optimizer: 8_446_224_960,
        .layerActivations: 30_327_046_144, .layerOutputs: 1_342_177_280, .streams: 1_610_612_736,
        .coefficients: 32_112_640, .recomputeTransient: 134_217_728, .buffers: 784_990_208,
      ])
    try check(
      planner, layout, stage: 4, inFlight: 4, residualLayers: 12,
      [
        .weights: 5_808_352_656, .gradients: 4_952_722_788, .optimizer: 9_905_461_464,
        .layerActivations: 18_413_322_240, .layerOutputs: 805_306_368, .streams: 805_306_368,
        .coefficients: 19_267_584, .recomputeTransient: 335_544_320, .buffers: 784_990_208,
      ])
    try check(
      planner, layout, stage: 7, inFlight: 1, residualLayers: 10,
      [
        .weights: 5_947_682_188, .gradients: 4_265_692_528, .optimizer: 8_663_784_972,
        .layerActivations: 3_799_318_528, .layerOutputs: 167_772_160, .streams: 201_326_592,
        .coefficients: 4_014_080, .logits: 3_479_175_168, .buffers: 784_990_208,
      ])
  }
}
