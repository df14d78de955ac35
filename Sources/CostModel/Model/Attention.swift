/// The form of attention of one layer, causal, computed without storing its scores (FlashAttention).
public enum Attention: Hashable, Sendable {
  /// Multi-head, grouped-query and multi-query attention, with or without a sliding window.
  case grouped(GroupedAttention)
  /// Multi-head latent attention.
  case latent(LatentAttention)
  /// DeepSeek-V4's compressed attention.
  case compressed(CompressedAttention)
}

/// Heads that share keys and values in groups: all of them (MQA), some (GQA) or none (MHA).
public struct GroupedAttention: Hashable, Sendable {
  /// h.
  public var heads: Int
  /// h_kv; equal to `heads` for MHA, 1 for MQA.
  public var keyValueHeads: Int
  /// d_h.
  public var headDimension: Int
  /// Tokens a query sees, itself included; nil for all before it.
  public var window: Int?
  /// Bias on the query, key and value projections (Qwen2).
  public var hasInputBias: Bool
  /// Bias on the output projection.
  public var hasOutputBias: Bool
  /// A normalisation of every query and key head, with a weight of d_h each (Qwen3).
  public var normalizesHeads: Bool

  /// Attention of these sizes.
  public init(
    heads: Int, keyValueHeads: Int, headDimension: Int, window: Int? = nil, hasInputBias: Bool = false,
    hasOutputBias: Bool = false, normalizesHeads: Bool = false
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.window = window
    self.hasInputBias = hasInputBias
    self.hasOutputBias = hasOutputBias
    self.normalizesHeads = normalizesHeads
  }
}

/// Multi-head latent attention: keys and values from one low-rank latent.
public struct LatentAttention: Hashable, Sendable {
  /// h.
  public var heads: Int
  /// r_q; nil where queries are projected directly.
  public var queryRank: Int?
  /// r_kv.
  public var keyValueRank: Int
  /// d_n: channels of a query or key head without positions.
  public var noPositionDimension: Int
  /// d_r: channels of a query or key head with rotary positions.
  public var ropeDimension: Int
  /// d_v.
  public var valueDimension: Int

  /// Attention of these sizes.
  public init(
    heads: Int, queryRank: Int?, keyValueRank: Int, noPositionDimension: Int, ropeDimension: Int, valueDimension: Int
  ) {
    self.heads = heads
    self.queryRank = queryRank
    self.keyValueRank = keyValueRank
    self.noPositionDimension = noPositionDimension
    self.ropeDimension = ropeDimension
    self.valueDimension = valueDimension
  }
}

/// DeepSeek-V4's attention: one shared key-value head, a sliding window, and compressed entries before it.
public struct CompressedAttention: Hashable, Sendable {
  /// h.
  public var heads: Int
  /// d_h, shared by keys and values; its rotary part is inside it.
  public var headDimension: Int
  /// d_r, inside d_h.
  public var ropeDimension: Int
  /// r_q.
  public var queryRank: Int
  /// g_o.
  public var outputGroups: Int
  /// r_o.
  public var outputRank: Int
  /// Tokens of the sliding window.
  public var window: Int
  /// m: tokens compressed into one entry; 0 where only the window is attended.
  public var compressionRatio: Int
  /// The indexer that picks the compressed entries; nil where all of them are attended.
  public var indexer: Indexer?

  /// The lightning indexer of compressed sparse attention.
  public struct Indexer: Hashable, Sendable {
    /// h_i.
    public var heads: Int
    /// d_i.
    public var headDimension: Int
    /// Entries picked for a query.
    public var topK: Int

    /// An indexer of these sizes.
    public init(heads: Int, headDimension: Int, topK: Int) {
      self.heads = heads
      self.headDimension = headDimension
      self.topK = topK
    }
  }

  /// Attention of these sizes.
  public init(
    heads: Int, headDimension: Int, ropeDimension: Int, queryRank: Int, outputGroups: Int, outputRank: Int,
    window: Int, compressionRatio: Int, indexer: Indexer?
  ) {
    self.heads = heads
    self.headDimension = headDimension
    self.ropeDimension = ropeDimension
    self.queryRank = queryRank
    self.outputGroups = outputGroups
    self.outputRank = outputRank
    self.window = window
    self.compressionRatio = compressionRatio
    self.indexer = indexer
  }
}
