import CostModel

/// Reads a Hugging Face `config.json` as published.
///
/// Sizes have to be there; a switch that is not (ties, biases, windows) has the default of its family's configuration
/// class in Hugging Face's transformers, which writes a key only where it differs.
enum HuggingFaceConfig {
  /// Tokens planned for where the configuration does not say, as it never does: what most pre-training begins with.
  static let assumedSequence = 4096

  /// The model that the reader's document describes.
  static func read(_ reader: ObjectReader, origin: ProfileOrigin) throws(ProfileError) -> LoadedModel {
    let families = HuggingFaceFamily.allCases.map(\.rawValue)
    let name = try reader.string("model_type", oneOf: families)
    guard let family = HuggingFaceFamily(rawValue: name) else {
      throw reader.error("model_type", "expected one of \(families.joined(separator: ", "))")
    }

    let frame = ConfigFrame(
      channels: try reader.int("hidden_size", in: ModelLimits.channels),
      layers: try reader.int("num_hidden_layers", in: ModelLimits.layers))
    let vocabulary = try reader.int("vocab_size", in: ModelLimits.vocabulary)
    let tiesEmbeddings = try reader.optionalBool("tie_word_embeddings") ?? false
    let stack = try family.stack(reader, frame)
    // Any family may have been given hyper-connections; V4 alone has them by default.
    let streams = try reader.optionalInt("hc_mult", in: ModelLimits.streams) ?? (family == .deepSeekV4 ? 4 : 1)
    let iterations = try reader.optionalInt("hc_sinkhorn_iters", in: ModelLimits.sinkhornIterations) ?? 20
    let context = try reader.optionalInt("max_position_embeddings", in: ModelLimits.tokens)
    let sequence = min(assumedSequence, context ?? assumedSequence)

    let shape = ModelShape(
      name: origin.description, family: name, channels: frame.channels, vocabulary: vocabulary,
      tiesEmbeddings: tiesEmbeddings, streams: streams, sinkhornIterations: iterations, defaultSequence: sequence,
      layers: stack.layers, predictionModules: stack.predictionModules,
      hasStreamHead: family == .deepSeekV4 && streams > 1)
    var notes = ["sequence length \(sequence) where none is given: config.json does not tell the training length"]
    if reader.has("quantization_config") || reader.has("expert_dtype") {
      notes.append("the number formats of the published weights are left out: a plan has those of its training")
    }
    return LoadedModel(
      shape: shape, origin: origin, warnings: HuggingFaceKeys.warnings(of: reader, family: family), notes: notes)
  }
}

/// The families that are known, as `model_type` names them.
enum HuggingFaceFamily: String, CaseIterable {
  case llama
  case mistral
  case mixtral
  case qwen2
  case qwen3
  case qwen3MoE = "qwen3_moe"
  case deepSeekV2 = "deepseek_v2"
  case deepSeekV3 = "deepseek_v3"
  case deepSeekV4 = "deepseek_v4"

  /// The layers that the configuration describes.
  func stack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
    switch self {
    case .llama: try llamaStack(reader, frame)
    case .mistral: try mistralStack(reader, frame)
    case .mixtral: try mixtralStack(reader, frame)
    case .qwen2: try qwen2Stack(reader, frame)
    case .qwen3: try qwen3Stack(reader, frame)
    case .qwen3MoE: try qwen3MoEStack(reader, frame)
    case .deepSeekV2, .deepSeekV3: try deepSeekStack(reader, frame, isV3: self == .deepSeekV3)
    case .deepSeekV4: try deepSeekV4Stack(reader, frame)
    }
  }
}

/// What every family needs to know before its own keys are read.
struct ConfigFrame {
  /// C.
  let channels: Int
  /// Transformer layers, prediction modules not counted.
  let layers: Int
}

/// What a family makes of a configuration.
struct ConfigStack {
  var layers: [TransformerLayer]
  var predictionModules: [TransformerLayer] = []
}
