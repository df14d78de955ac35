import Quantities

/// What is known of a row that the law misses.
///
/// Each text says what the table itself shows, or what the kernel's source does; a cause that neither shows is said to
/// be unknown.
extension EvidenceRow {
  /// One sentence.
  public var explanation: String {
    let row = measurement
    let share = prediction.latency / max(prediction.time.value, 1e-300)
    switch row.operation {
    case .sinkhornBackward where row.source == "tilelang":
      return "blocks of tokens: 4096 and 8192 tokens take the same time, one wave; the law is smooth"
    case .sinkhornForward, .sinkhornBackward:
      return "no bytes to speak of: a chain of dependent steps, tested but not claimed"
    case .pre where row.source == "trtllm" && capability ?? 90 < 90:
      return "assumed: the projection on vector lanes at the first-level cache's rate; no learned row shows that kernel"
    case .pre where row.source == "trtllm" && row.tokens <= 8192:
      return "the engine picks a kernel by size: a token costs less at 8192 than at 4096 and at 65536 tokens"
    case .pre where row.tokens > 8192 && capability ?? 0 >= 100:
      return
        "a token costs 5 to 7 % more at 262144 than at 65536 tokens, with a constant learned on the larger; unknown"
    case .pre, .post:
      if share > 0.3 { return "launches are \(Int(100 * share)) % of it; t0 is one number for all sizes" }
      return "within what one efficiency for an engine on all devices leaves; unknown"
    case .projectionForward:
      return "two or three kernels, one with split sums that come in whole blocks; the law is one launch and smooth"
    case .projectionBackward where row.source == "tilelang":
      return "blocks of channels walk over all tokens; three and four on a multiprocessor take longer than two in turn"
    default:
      if share > 0.3 { return "launches are \(Int(100 * share)) % of it; t0 is one number for all sizes" }
      return "a kernel with one block a token: how many bytes are in flight depends on C; the law does not"
    }
  }
}
