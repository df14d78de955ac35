/// Configurations of small models, one a family, with the keys that published ones have.
package enum SmallConfigs {
  package static let all = [llama, mistral, mixtral, qwen2, qwen3, qwen3MoE, deepSeekV2, deepSeekV3, deepSeekV4]

  package static let llama = """
    {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 160,
     "num_hidden_layers": 3, "num_attention_heads": 8, "num_key_value_heads": 2, "vocab_size": 1000,
     "hidden_act": "silu", "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "rope_scaling": null,
     "max_position_embeddings": 8192, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true,
     "attention_bias": false, "mlp_bias": false, "bos_token_id": 1, "eos_token_id": [2, 3]}
    """

  package static let mistral = """
    {"model_type": "mistral", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
     "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 8, "vocab_size": 500, "sliding_window": null,
     "max_position_embeddings": 2048}
    """

  package static let mixtral = """
    {"model_type": "mixtral", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
     "num_attention_heads": 8, "num_key_value_heads": 8, "vocab_size": 500, "num_local_experts": 6,
     "num_experts_per_tok": 2, "sliding_window": 512, "router_aux_loss_coef": 0.02, "output_router_logits": false}
    """

  package static let qwen2 = """
    {"model_type": "qwen2", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 4,
     "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 700, "use_sliding_window": true,
     "sliding_window": 256, "max_window_layers": 3, "tie_word_embeddings": false}
    """

  package static let qwen3 = """
    {"model_type": "qwen3", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 2,
     "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32, "vocab_size": 700,
     "use_sliding_window": false, "sliding_window": null, "max_window_layers": 2}
    """

  package static let qwen3MoE = """
    {"model_type": "qwen3_moe", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 6,
     "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 700, "num_experts": 12,
     "num_experts_per_tok": 3, "moe_intermediate_size": 24, "decoder_sparse_step": 2, "mlp_only_layers": [3],
     "norm_topk_prob": true}
    """

  package static let deepSeekV2 = """
    {"model_type": "deepseek_v2", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 4,
     "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 900, "q_lora_rank": null, "kv_lora_rank": 16,
     "qk_nope_head_dim": 12, "qk_rope_head_dim": 4, "v_head_dim": 10, "n_routed_experts": 8, "n_shared_experts": 2,
     "num_experts_per_tok": 3, "moe_intermediate_size": 20, "first_k_dense_replace": 1, "moe_layer_freq": 2,
     "topk_method": "greedy", "n_group": 1, "topk_group": 1}
    """

  package static let deepSeekV3 = """
    {"model_type": "deepseek_v3", "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 3,
     "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 900, "q_lora_rank": 24, "kv_lora_rank": 16,
     "qk_nope_head_dim": 12, "qk_rope_head_dim": 4, "v_head_dim": 10, "n_routed_experts": 8, "n_shared_experts": 1,
     "num_experts_per_tok": 3, "moe_intermediate_size": 20, "first_k_dense_replace": 1, "moe_layer_freq": 1,
     "num_nextn_predict_layers": 1, "topk_method": "noaux_tc", "n_group": 4, "topk_group": 2, "quantization_config": {"quant_method": "fp8"}}
    """

  package static let deepSeekV4 = """
    {"model_type": "deepseek_v4", "hidden_size": 64, "num_hidden_layers": 5, "num_attention_heads": 8,
     "num_key_value_heads": 1, "head_dim": 16, "qk_rope_head_dim": 4, "q_lora_rank": 24, "o_groups": 2,
     "o_lora_rank": 12, "vocab_size": 900, "n_routed_experts": 8, "n_shared_experts": 1, "num_experts_per_tok": 3,
     "moe_intermediate_size": 20, "num_hash_layers": 2, "num_nextn_predict_layers": 1, "sliding_window": 32,
     "compress_ratios": [0, 4, 128, 4, 128, 0, 0, 0], "index_n_heads": 2, "index_head_dim": 8, "index_topk": 16,
     "hc_mult": 4, "hc_sinkhorn_iters": 20, "hc_eps": 1e-06, "expert_dtype": "fp4",
     "max_position_embeddings": 1048576}
    """

  /// The project's own format, with every kind of function in it.
  package static let profile = """
    {"schema": "mhc-plan/model/1", "name": "small", "family": "mixed", "source": "made up", "notes": "for a test",
     "channels": 64, "vocabulary": 900, "tiesEmbeddings": true, "streams": 2, "sinkhornIterations": 5,
     "streamHead": true, "defaultSequence": 128,
     "attentions": {
       "a": {"kind": "grouped", "heads": 8, "keyValueHeads": 2, "headDimension": 8, "window": 64, "inputBias": true,
             "outputBias": true, "headNorms": true},
       "b": {"kind": "latent", "heads": 4, "queryRank": null, "keyValueRank": 16, "noPositionDimension": 12,
             "ropeDimension": 4, "valueDimension": 10},
       "c": {"kind": "compressed", "heads": 8, "headDimension": 16, "ropeDimension": 4, "queryRank": 24,
             "outputGroups": 2, "outputRank": 12, "window": 32, "compressionRatio": 4,
             "indexer": {"heads": 2, "headDimension": 8, "topK": 16}}},
     "feedForwards": {
       "d": {"kind": "dense", "intermediate": 96, "gated": false, "bias": true},
       "m": {"kind": "mixture", "routedExperts": 8, "activeExperts": 3, "sharedExperts": 1, "expertIntermediate": 20,
             "sharedIntermediate": 40, "routerBias": true, "hashRouted": true, "sharedGate": true,
             "expertGroups": 4, "activeGroups": 2}},
     "layers": [{"attention": "a", "feedForward": "d"},
                {"count": 2, "pattern": [{"attention": "b", "feedForward": "m"}, {"attention": "c", "feedForward": "d"}]}],
     "predictionModules": [{"count": 1, "attention": "c", "feedForward": "m"}],
     "published": {"total": {"parameters": 123000, "significantDigits": 3, "source": "made up"}}}
    """
}
