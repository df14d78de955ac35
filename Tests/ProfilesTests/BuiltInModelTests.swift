import CostModel
import FoundationEssentials
import Testing

@testable import Profiles

@Suite struct `Built-in models` {
  private static let folder = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/profiles/models"

  @Test func `are the files of profiles models, byte for byte`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(Set(files) == Set(BuiltInModels.names.map { "\($0).json" }))
    for (name, bytes) in BuiltInModels.table.entries {
      #expect(bytes == Array(try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).json"))), "\(name)")
    }
  }

  @Test(arguments: BuiltInModels.names) func `are valid, bear the name they are found by, and tell no warning`(
    name: String
  ) throws {
    let model = try ModelSource.load(name)
    #expect(model.shape.name == name)
    #expect(model.origin == .builtIn(name))
    #expect(model.warnings.isEmpty)
    #expect(model.published != nil)
  }

  @Test(arguments: BuiltInModels.names) func `give a source beside every number`(name: String) throws {
    let bytes = try #require(BuiltInModels.table.entries.first { $0.name == name }).bytes
    let members = try JSONDocument.members(of: bytes, file: name)
    #expect(objectsWithoutSource(members, at: name) == [])
  }

  /// Where there is an object with a number in it and no source; the document's own covers counts of layers.
  private func objectsWithoutSource(_ members: [String: JSONValue], at path: String) -> [String] {
    var found: [String] = []
    var hasNumber = false
    for (key, value) in members where !["layers", "predictionModules", "indexer"].contains(key) {
      switch value {
      case .integer, .number: hasNumber = true
      case .object(let inner): found += objectsWithoutSource(inner, at: keyPath(path, key))
      default: break
      }
    }
    return hasNumber && members["source"] == nil ? found + [path] : found
  }

  @Test func `are the paper's Table 5`() throws {
    // Blocks, routed, active and shared experts, dimension, FFN dimension, heads.
    for (name, sizes) in [
      ("mhc-3b", [12, 64, 6, 2, 1280, 896, 16]), ("mhc-9b", [18, 64, 6, 2, 1920, 1280, 24]),
      ("mhc-27b", [30, 72, 6, 2, 2560, 1536, 32]),
    ] {
      let shape = try ModelSource.load(name).shape
      let last = try #require(shape.layers.last)
      guard case .latent(let attention) = last.attention, case .mixture(let mixture) = last.feedForward else {
        Issue.record("\(name) is latent attention and experts")
        continue
      }
      let found = [
        shape.layers.count, mixture.routedExperts, mixture.activeExperts, mixture.sharedExperts, shape.channels,
        mixture.expertIntermediate, attention.heads,
      ]
      #expect(found == sizes, "\(name)")
      #expect(shape.streams == 4 && shape.sinkhornIterations == 20)
      #expect(shape.defaultSequence == 4096 && shape.vocabulary == 129280)
      let denseLayers = shape.layers.filter { if case .dense = $0.feedForward { true } else { false } }
      #expect(denseLayers == [shape.layers[0]])
    }
  }

  /// The sizes of the published configuration, the keys that matter.
  @Test func `deepseek-v4-flash is the model of its published configuration`() throws {
    let ratios = [0, 0] + (0..<20).flatMap { _ in [4, 128] } + [4, 0]
    let config = """
      {"model_type": "deepseek_v4", "hidden_size": 4096, "num_hidden_layers": 43, "num_attention_heads": 64,
       "head_dim": 512, "qk_rope_head_dim": 64, "q_lora_rank": 1024, "o_groups": 8, "o_lora_rank": 1024,
       "vocab_size": 129280, "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 6,
       "moe_intermediate_size": 2048, "num_hash_layers": 3, "num_nextn_predict_layers": 1, "sliding_window": 128,
       "compress_ratios": \(ratios), "index_n_heads": 64, "index_head_dim": 128, "index_topk": 512, "hc_mult": 4,
       "hc_sinkhorn_iters": 20}
      """
    try expectSameModel("deepseek-v4-flash", config)
  }

  @Test func `deepseek-v4-pro is the model of its published configuration`() throws {
    let ratios = [128, 128] + (0..<29).flatMap { _ in [4, 128] } + [4, 0]
    let config = """
      {"model_type": "deepseek_v4", "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128,
       "head_dim": 512, "qk_rope_head_dim": 64, "q_lora_rank": 1536, "o_groups": 16, "o_lora_rank": 1024,
       "vocab_size": 129280, "n_routed_experts": 384, "n_shared_experts": 1, "num_experts_per_tok": 6,
       "moe_intermediate_size": 3072, "num_hash_layers": 3, "num_nextn_predict_layers": 1, "sliding_window": 128,
       "compress_ratios": \(ratios), "index_n_heads": 64, "index_head_dim": 128, "index_topk": 1024, "hc_mult": 4,
       "hc_sinkhorn_iters": 20}
      """
    try expectSameModel("deepseek-v4-pro", config)
  }

  @Test func `deepseek-v3 is the model of its published configuration`() throws {
    try expectSameModel(
      "deepseek-v3",
      """
      {"model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432, "num_hidden_layers": 61,
       "num_attention_heads": 128, "num_key_value_heads": 128, "vocab_size": 129280, "q_lora_rank": 1536,
       "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
       "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "moe_intermediate_size": 2048,
       "first_k_dense_replace": 3, "moe_layer_freq": 1, "num_nextn_predict_layers": 1, "topk_method": "noaux_tc",
       "n_group": 8, "topk_group": 4}
      """)
  }

  @Test func `the Llama 3 and Qwen3 models are those of their published configurations`() throws {
    try expectSameModel(
      "llama-3-8b",
      """
      {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
       "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256}
      """)
    try expectSameModel(
      "llama-3-70b",
      """
      {"model_type": "llama", "hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80,
       "num_attention_heads": 64, "num_key_value_heads": 8, "vocab_size": 128256}
      """)
    try expectSameModel(
      "qwen3-30b-a3b",
      """
      {"model_type": "qwen3_moe", "hidden_size": 2048, "intermediate_size": 6144, "num_hidden_layers": 48,
       "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "vocab_size": 151936,
       "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768, "decoder_sparse_step": 1,
       "mlp_only_layers": []}
      """)
  }

  /// Name and training length apart, which a configuration does not have.
  private func expectSameModel(_ name: String, _ config: String) throws {
    var expected = try readModel(config).shape
    let shape = try ModelSource.load(name).shape
    expected.name = name
    expected.defaultSequence = shape.defaultSequence
    #expect(shape == expected)
  }
}
