import CostModel
import Planner

// What is asked of the connection, its formats and the model.

extension NearestPlan {
  mutating func limitFormats(_ abilities: Abilities) throws {
    let setup = planner.setup
    if hasStreams, setup.precision.stream == .float32, !abilities.float32Streams {
      try replace(
        "residual streams in fp32", because: "fp32 residual connections are refused together with mHC",
        with: [Candidate("streams in bf16") { _, setup, _ in setup.precision.stream = .bfloat16 }])
    }
    if setup.optimizer == .adamWBFloat16, !abilities.bfloat16Moments {
      try replace(
        "AdamW with moments in bf16", because: "no setting for it was found",
        with: [Candidate("moments in fp32") { _, setup, _ in setup.optimizer = .adamW }])
    }
    if setup.zeroStage.rawValue > abilities.zeroStage.rawValue {
      try replace(
        "ZeRO stage \(setup.zeroStage.rawValue)", because: "no setting for it was found",
        with: [
          Candidate("ZeRO stage \(abilities.zeroStage.rawValue)") { _, setup, _ in setup.zeroStage = abilities.zeroStage
          }
        ])
    }
  }

  mutating func limitConnection(_ abilities: Abilities) throws {
    let setup = planner.setup
    if !abilities.connections.contains(setup.connection) {
      try replace(
        "the connection \(setup.connection.rawValue)", because: "it has mHC only",
        with: [
          Candidate("mhc") { _, setup, _ in
            setup.connection = .manifold
            setup.fusion = .paper
          }
        ])
    }
    guard hasStreams else { return }
    if let refusal = abilities.refusal {
      refuse("\(planner.model.name) with n = \(setup.streams) streams", because: refusal)
    }
    if !abilities.fusions.contains(planner.setup.fusion) {
      let nearest = abilities.fusions[0]
      try replace(
        "the kernels of '\(planner.setup.fusion.rawValue)'",
        because: "its fused kernels are those of the paper's §4.3.1",
        with: [Candidate("the kernels of '\(nearest.rawValue)'") { _, setup, _ in setup.fusion = nearest }])
    }
    if planner.setup.coefficients == .recomputed, planner.setup.streamRecompute != .stored {
      try replace(
        "coefficients made again in recompute", because: "its recompute keeps them",
        with: [Candidate("coefficients kept") { _, setup, _ in setup.coefficients = .kept }])
    }
  }

  /// Where a Transformer layer takes no streams together with experts: the same model, a layer function a layer.
  mutating func wrapExperts() {
    guard framework.needsHybrid(planner.model, streams: hasStreams) else { return }
    substitute(
      "experts in a Transformer layer with mHC",
      because: "HyperConnectionTransformerLayer takes dense layers only (PR 4531)",
      with: "a HybridModel, its \(2 * planner.model.layers.count) layers one layer function each, attention then "
        + "feed-forward: hybrid_layer_pattern instead of num_layers; recompute blocks count these layers")
  }

  mutating func limitPrediction(_ abilities: Abilities) throws {
    guard hasStreams, !abilities.prediction, !planner.model.predictionModules.isEmpty else { return }
    try replace(
      "\(planner.model.predictionModules.count) multi-token-prediction module(s)",
      because: "mHC is refused together with MTP",
      with: [
        Candidate("the model without them, which is another model") { model, _, _ in model.predictionModules = [] }
      ])
  }

  mutating func limitLayerRecompute(_ abilities: Abilities) throws {
    guard hasStreams, !abilities.fullRecompute, planner.setup.layerRecompute == .full else { return }
    try replace(
      "layer functions run again in whole", because: "full recompute is refused together with mHC",
      with: [
        Candidate("layer functions kept") { _, setup, _ in setup.layerRecompute = .none },
        Candidate("the attention core alone run again") { _, setup, _ in setup.layerRecompute = .attention },
      ])
  }
}
