import Messages

/// Keys of a `config.json` that no size depends on, and keys that would matter and are not taken into account.
enum HuggingFaceKeys {
  /// Warnings about every key that is in the document and was neither used nor known not to matter.
  static func warnings(of reader: ObjectReader, family: HuggingFaceFamily) -> [ProfileWarning] {
    func warning(_ key: String, _ problem: String) -> ProfileWarning {
      ProfileWarning(file: reader.file, key: keyPath(reader.path, key), problem: problem)
    }
    let used = reader.askedKeys
    // A key that is `null` or a switch that is off changes nothing, whatever it stands for.
    let unused = reader.unaskedKeys.filter {
      !withoutSize.contains($0) && !$0.hasPrefix("_") && ![.null, .bool(false)].contains(reader.members[$0])
    }
    var warnings: [ProfileWarning] = []
    var told: Set<String> = []
    for key in unused {
      guard let reason = notModelled(key, family: family) else { continue }
      if told.insert(reason).inserted { warnings.append(warning(key, reason)) }
    }
    let unknown = unused.filter { notModelled($0, family: family) == nil }
    for key in unknown.prefix(mostUnknown) {
      let near = nearestName(to: key, among: used).map { "; did you mean \"\($0)\"?" } ?? ""
      warnings.append(warning(key, "unknown for \(family.rawValue), not taken into account\(near)"))
    }
    if unknown.count > mostUnknown {
      warnings.append(warning(unknown[mostUnknown], "unknown as well, with \(unknown.count - mostUnknown - 1) more"))
    }
    return warnings
  }

  /// A document with more unknown keys than this is not worth a line for each.
  private static let mostUnknown = 20

  /// Why a plan leaves out what the key describes; nil for any other key.
  private static func notModelled(_ key: String, family: HuggingFaceFamily) -> String? {
    switch family {
    case .deepSeekV2, .deepSeekV3, .deepSeekV4:
      if key == "attention_bias" { return "biases of this attention's projections are not counted" }
      if key == "mlp_bias" { return "biases of the feed-forward's projections are not counted" }
      if key.hasPrefix("dspark_") { return "the DSpark draft module is not counted" }
      if family != .deepSeekV4, key.hasPrefix("index_") { return "the sparse-attention indexer is not counted" }
    case .qwen2:
      if key == "attention_bias" { return "this family always has a bias on queries, keys and values, and no other" }
    default: break
    }
    return nil
  }

  /// Keys that no size of a training depends on.
  ///
  /// Numbers of the forward pass (scales, epsilons, positions, router scoring), losses, number formats of the published
  /// weights, token numbers, and what transformers writes for generation and book-keeping.
  private static let withoutSize: Set<String> = [
    "activation_function", "add_cross_attention", "architectures", "attention_dropout", "attn_implementation",
    "auto_map", "aux_loss_alpha", "bad_words_ids", "begin_suppress_tokens", "beta_fast", "beta_slow", "bos_token_id",
    "chunk_size_feed_forward", "compress_rope_theta", "cross_attention_hidden_size", "decoder_start_token_id",
    "diversity_penalty", "do_sample", "dtype", "early_stopping", "encoder_no_repeat_ngram_size", "eos_token_id",
    "ep_size", "expert_dtype", "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id",
    "forced_eos_token_id", "hc_eps", "head_dim", "hidden_act", "id2label", "initializer_range", "is_decoder",
    "is_encoder_decoder", "is_llama_config", "label2id", "length_penalty", "max_length", "max_window_layers",
    "min_length", "model_max_length", "n_group", "no_repeat_ngram_size", "norm_topk_prob", "num_beam_groups",
    "num_beams", "num_key_value_heads", "num_return_sequences", "original_max_position_embeddings",
    "output_attentions", "output_hidden_states", "output_router_logits", "output_scores", "pad_token_id",
    "partial_rotary_factor", "prefix", "pretraining_tp", "problem_type", "pruned_heads", "qk_head_dim",
    "quantization_config", "remove_invalid_values", "repetition_penalty", "return_dict", "return_dict_in_generate",
    "rms_norm_eps", "rope_interleave", "rope_interleaved", "rope_parameters", "rope_scaling", "rope_theta",
    "routed_scaling_factor", "router_aux_loss_coef", "router_jitter_noise", "scoring_func", "sep_token_id",
    "seq_aux", "suppress_tokens", "swiglu_limit", "task_specific_params", "temperature", "tf_legacy_loss",
    "tie_encoder_decoder", "tokenizer_class", "top_k", "top_p", "topk_group", "topk_method", "torch_dtype",
    "torchscript", "transformers_version", "typical_p", "unsloth_fixed", "unsloth_version", "use_bfloat16",
    "use_cache",
  ]
}
