import Profiles
import TestSupport
import Testing

@Suite struct `A wrong configuration` {
  @Test(arguments: [
    ("\"hidden_size\": 64", "\"hidden_size\": 0", "hidden_size: expected a whole number from 1 to 16777216, found 0"),
    ("\"hidden_size\": 64", "\"hidden_size\": -1", "hidden_size: expected a whole number from 1 to 16777216, found -1"),
    (
      "\"hidden_size\": 64", "\"hidden_size\": 64.5",
      "hidden_size: expected a whole number from 1 to 16777216, found 64.5"
    ),
    (
      "\"hidden_size\": 64", "\"hidden_size\": \"64\"",
      "hidden_size: expected a whole number from 1 to 16777216, found \"64\""
    ),
    (
      "\"hidden_size\": 64", "\"hiden_size\": 64",
      "hidden_size: expected a whole number from 1 to 16777216, found no such key; is \"hiden_size\" meant to be it?"
    ),
    (
      "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 1000000000",
      "num_hidden_layers: expected a whole number from 1 to 4096, found 1000000000"
    ),
    ("\"vocab_size\": 1000", "\"vocab_size\": 0", "vocab_size: expected a whole number from 1 to 268435456, found 0"),
    (
      "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3",
      "num_key_value_heads: expected a divisor of num_attention_heads (8), found 3"
    ),
    (
      "\"num_attention_heads\": 8", "\"num_attention_heads\": 10",
      "num_attention_heads: expected a divisor of hidden_size (64), as there is no head_dim, found 10"
    ),
    (
      "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": 1",
      "tie_word_embeddings: expected true or false, found 1"
    ),
    (
      "\"model_type\": \"llama\"", "\"model_type\": \"lama\"",
      """
      model_type: expected one of "llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3_moe", "deepseek_v2", \
      "deepseek_v3", "deepseek_v4", found "lama"; did you mean "llama"?
      """
    ),
    (
      "\"model_type\": \"llama\"", "\"model_type\": \"gpt2\"",
      """
      model_type: expected one of "llama", "mistral", "mixtral", "qwen2", "qwen3", "qwen3_moe", "deepseek_v2", \
      "deepseek_v3", "deepseek_v4", found "gpt2"
      """
    ),
    (
      "\"model_type\": \"llama\",", "",
      """
      expected a model: a Hugging Face config.json with "model_type", or a profile with "schema": \
      "mhc-plan/model/1"; found neither key
      """
    ),
  ]) func `of llama names the key, what was found and what is allowed`(old: String, new: String, told: String) {
    #expect(errorLine(SmallConfigs.llama.with(old, new)) == "config.json: \(told)")
  }

  @Test(arguments: [
    (
      "\"num_experts_per_tok\": 3", "\"num_experts_per_tok\": 9",
      "num_experts_per_tok: expected at most n_routed_experts (8), found 9"
    ),
    (
      "[0, 4, 128, 4, 128, 0, 0, 0]", "[0, 4, 128, 4]",
      "compress_ratios: expected an array of 5 to 4160 values, found an array of 4"
    ),
    (
      "[0, 4, 128, 4, 128, 0, 0, 0]", "[0, 4, -128, 4, 128]",
      "compress_ratios[2]: expected a whole number from 0 to 1073741824, found -128"
    ),
    ("\"o_groups\": 2", "\"o_groups\": 3", "o_groups: expected a divisor of num_attention_heads (8), found 3"),
    ("\"num_key_value_heads\": 1", "\"num_key_value_heads\": 2", "num_key_value_heads: expected 1, found 2"),
    (
      "\"qk_rope_head_dim\": 4", "\"qk_rope_head_dim\": 17",
      "qk_rope_head_dim: expected at most head_dim (16), found 17"
    ),
    (
      ", \"index_topk\": 16", "",
      "index_topk: expected a whole number from 1 to 1073741824, found no such key"
    ),
    (
      "\"n_shared_experts\": 1, ", "",
      "n_shared_experts: expected a whole number from 0 to 65536 or null, found no such key"
    ),
    ("\"hc_mult\": 4", "\"hc_mult\": 0", "hc_mult: expected a whole number from 1 to 256, found 0"),
    (
      "\"num_nextn_predict_layers\": 1", "\"num_nextn_predict_layers\": 65",
      "num_nextn_predict_layers: expected a whole number from 0 to 64, found 65"
    ),
  ]) func `of deepseek_v4 names the key, what was found and what is allowed`(old: String, new: String, told: String) {
    #expect(errorLine(SmallConfigs.deepSeekV4.with(old, new)) == "config.json: \(told)")
  }

  @Test func `says which default does not fit where the key is absent`() {
    let json = SmallConfigs.mistral.with("\"num_key_value_heads\": 4, ", "")
      .with("\"num_attention_heads\": 16", "\"num_attention_heads\": 12")
    #expect(
      errorLine(json) == """
        config.json: num_key_value_heads: expected a divisor of num_attention_heads (12), found no such key, \
        for which 8 is taken
        """)
  }
}

@Suite struct `An unknown key of a configuration` {
  @Test func `is a warning that suggests the known one`() throws {
    let json = SmallConfigs.mistral.with("{", "{\"num_attn_heads\": 3, \"per_layer_embedding\": 256, ")
    #expect(
      try readModel(json).warnings.map(\.description) == [
        """
        config.json: num_attn_heads: unknown for mistral, not taken into account; \
        did you mean "num_attention_heads"?
        """,
        "config.json: per_layer_embedding: unknown for mistral, not taken into account",
      ])
  }

  @Test func `is no warning where its value is null or false`() throws {
    let json = SmallConfigs.mistral.with("{", "{\"new_switch\": false, \"new_size\": null, \"_name_or_path\": \"x\", ")
    #expect(try readModel(json).warnings.isEmpty)
  }

  @Test func `of a known module that is not modelled says so once`() throws {
    let json = SmallConfigs.deepSeekV4.with(
      "{", "{\"dspark_block_size\": 5, \"dspark_target_layer_ids\": [2, 3], \"attention_bias\": true, ")
    #expect(
      try readModel(json).warnings.map(\.description) == [
        "config.json: attention_bias: biases of this attention's projections are not counted",
        "config.json: dspark_block_size: the DSpark draft module is not counted",
      ])
  }

  @Test func `gives at most one line each for twenty, and one for the rest`() throws {
    let many = (10..<100).map { "\"unheard_of_\($0)\": 1, " }.joined()
    let warnings = try readModel(SmallConfigs.llama.with("{", "{" + many)).warnings
    #expect(warnings.count == 21)
    #expect(warnings.last?.description == "config.json: unheard_of_30: unknown as well, with 69 more")
  }
}
