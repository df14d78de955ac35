extension LayerFunction {
  /// What people call the function: `GQA`, `CSA`, `mixture of experts`.
  public var title: String {
    switch self {
    case .attention(.grouped(let attention)): attention.title
    case .attention(.latent): "MLA"
    case .attention(.compressed(let attention)): attention.title
    case .feedForward(.dense): "dense feed-forward"
    case .feedForward(.mixture(let mixture)):
      mixture.isHashRouted ? "mixture of experts, hash-routed" : "mixture of experts"
    }
  }
}

extension GroupedAttention {
  fileprivate var title: String {
    let form = keyValueHeads == heads ? "MHA" : keyValueHeads == 1 ? "MQA" : "GQA"
    return window.map { "\(form), window \($0)" } ?? form
  }
}

extension CompressedAttention {
  /// The names of DeepSeek-V4 (arXiv:2606.19348) §2.3.
  fileprivate var title: String {
    if compressionRatio == 0 { return "window attention" }
    return indexer == nil ? "heavily compressed attention" : "compressed sparse attention"
  }
}
