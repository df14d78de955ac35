public import Quantities

/// How many query-key pairs of one sequence a causal attention computes, exactly.
///
/// Tokens count from 1; token t sees the tokens 1...t. Sizes below 1 give no pairs.
public enum AttendedPairs {
  /// Every token sees all before it and itself: T(T+1)/2.
  ///
  /// - Parameter sequence: T, tokens of the sequence.
  /// - Returns: the pairs.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  public static func causal(sequence: Int) throws(OverflowError) -> Int {
    guard sequence > 0 else { return 0 }
    let half = sequence / 2
    return sequence.isMultiple(of: 2)
      ? try product("causal query-key pairs", half, sequence + 1)
      : try product("causal query-key pairs", sequence, half + 1)
  }

  /// Every token sees the last `window` tokens, itself included.
  ///
  /// - Parameters:
  ///   - sequence: T, tokens of the sequence.
  ///   - window: w, tokens; nil for all.
  /// - Returns: Σ min(t, w).
  /// - Throws: `OverflowError` when the pairs do not fit in 64 bits.
  public static func windowed(sequence: Int, window: Int?) throws(OverflowError) -> Int {
    guard let window, window < sequence else { return try causal(sequence: sequence) }
    guard window > 0 else { return 0 }
    let full = try product("query-key pairs of full windows", sequence - window, window)
    return try (Elements(full) + Elements(causal(sequence: window))).count
  }

  /// Every token sees the compressed entries whose m tokens are all behind it or it: ⌊t/m⌋.
  ///
  /// - Parameters:
  ///   - sequence: T, tokens of the sequence.
  ///   - ratio: m, tokens of an entry.
  /// - Returns: Σ ⌊t/m⌋.
  /// - Throws: `OverflowError` when the pairs do not fit in 64 bits.
  /// - Source: DeepSeek-V4's inference code, `get_compress_topk_idxs`.
  public static func compressed(sequence: Int, ratio: Int) throws(OverflowError) -> Int {
    guard sequence > 0, ratio > 0 else { return 0 }
    let (entries, rest) = sequence.quotientAndRemainder(dividingBy: ratio)
    // Entry counts 0 ... entries-1 hold for m tokens each; the last holds for the rest and the token that filled it.
    let whole = try product("query-entry pairs", ratio, try causal(sequence: entries - 1))
    let last = try product("query-entry pairs of the last entry", entries, rest + 1)
    return try (Elements(whole) + Elements(last)).count
  }

  /// Every token sees at most `picks` of the compressed entries it could see.
  ///
  /// - Parameters:
  ///   - sequence: T, tokens of the sequence.
  ///   - ratio: m, tokens of an entry.
  ///   - picks: k, entries that an indexer picks for a token.
  /// - Returns: Σ min(k, ⌊t/m⌋).
  /// - Throws: `OverflowError` when the pairs do not fit in 64 bits.
  /// - Source: DeepSeek-V4 (arXiv:2606.19348) §2.3, compressed sparse attention.
  public static func selected(sequence: Int, ratio: Int, picks: Int) throws(OverflowError) -> Int {
    guard sequence > 0, ratio > 0, picks > 0 else { return 0 }
    guard picks < sequence / ratio else { return try compressed(sequence: sequence, ratio: ratio) }
    // picks·ratio < sequence here, so it fits: the token that fills entry `picks` is the first to see as many.
    let filled = picks * ratio
    let rising = try compressed(sequence: filled - 1, ratio: ratio)
    let level = try product("query-entry pairs at the limit", sequence - filled + 1, picks)
    return try (Elements(rising) + Elements(level)).count
  }
}
