/// Messages between the devices that share one layer function.
public struct LayerMessages: Hashable, Sendable {
  /// The forward pass, in order.
  public var forward: [MessageRow]
  /// The backward pass.
  public var backward: [MessageRow]

  init(forward: [MessageRow] = [], backward: [MessageRow] = []) {
    self.forward = forward
    self.backward = backward
  }

  static func + (left: LayerMessages, right: LayerMessages) -> LayerMessages {
    LayerMessages(forward: left.forward + right.forward, backward: left.backward + right.backward)
  }
}

/// One message of a layer function.
public struct MessageRow: Hashable, Sendable {
  /// What is sent: `layer input`, `keys and values`.
  public var name: String
  /// Which devices exchange it.
  public var parallelism: Parallelism
  /// How.
  public var pattern: Pattern
  /// Elements a token, in the activations' format.
  public var elementsPerToken: Formula
  /// Which side of the function it is on, in either pass: where its input is, or its output.
  public var side: Side
  /// Key-value heads, which more tensor-parallel devices than there are hold copies of; nil where none are sent.
  public var keyValueHeads: Formula?
  /// The least level of recompute that sends it again.
  public var rerunBy: RecomputeLevel
  /// Where the row comes from.
  public var source: String

  /// What divides a layer function over devices.
  public enum Parallelism: String, CaseIterable, Hashable, Sendable {
    case tensor, context, expert
  }

  /// What is done with the elements.
  public enum Pattern: String, CaseIterable, Hashable, Sendable {
    /// Tokens that the devices share out come together before a product is divided.
    case gather
    /// Partial sums of a divided product are added, the tokens shared out again.
    case scatter
    /// Divided channels are put together, only where there are more devices than key-value heads.
    case join
    /// Gradients of channels put together are added up and divided again.
    case split
    /// Tokens go to the devices that have their experts, or back.
    case exchange
    /// Passed from device to device until all have seen all.
    case ring
    /// Passed to the next device alone.
    case shift
    /// Added up over devices that each worked on some of the tokens, where those are not shared out anyway.
    case sum
  }

  /// A side of a layer function.
  public enum Side: String, CaseIterable, Hashable, Sendable {
    case input, output
  }

  init(
    _ name: String, _ parallelism: Parallelism, _ pattern: Pattern, _ elementsPerToken: Formula, at side: Side,
    keyValueHeads: Formula? = nil, rerunBy: RecomputeLevel = .full, source: String
  ) {
    self.name = name
    self.parallelism = parallelism
    self.pattern = pattern
    self.elementsPerToken = elementsPerToken
    self.side = side
    self.keyValueHeads = keyValueHeads
    self.rerunBy = rerunBy
    self.source = source
  }
}

extension LayerMessages {
  /// Tensor parallelism with its tokens shared out outside the products.
  ///
  /// Backward, the output's gradient comes together, the input comes together once more for the weights' gradients, and
  /// the input's gradient is added up. Where tokens are not shared out nothing comes together, and what is added up is
  /// added up whole: Megatron-LM's f and g.
  /// - Parameters:
  ///   - input: channels of what the divided products read.
  ///   - output: channels of what they make.
  /// - Returns: the messages.
  /// - Source: Korthikanti et al. (arXiv:2205.05198) §4.2.2; Shoeybi et al. (arXiv:1909.08053) §3.
  static func tensor(input: Formula, output: Formula) -> LayerMessages {
    let source = "Korthikanti et al. (arXiv:2205.05198) §4.2.2"
    return LayerMessages(
      forward: [
        MessageRow("layer input", .tensor, .gather, input, at: .input, source: source),
        MessageRow("layer output", .tensor, .scatter, output, at: .output, source: source),
      ],
      backward: [
        MessageRow("gradient of the layer output", .tensor, .gather, output, at: .output, source: source),
        MessageRow("layer input again", .tensor, .gather, input, at: .input, source: source),
        MessageRow("gradient of the layer input", .tensor, .scatter, input, at: .input, source: source),
      ])
  }

  /// Keys and values around the ring, and with their gradients on the way back.
  /// - Source: Ring Attention (arXiv:2310.01889) §3.
  static func ring(keysAndValues: Formula, heads: Formula) -> LayerMessages {
    let source = "Ring Attention (arXiv:2310.01889) §3"
    return LayerMessages(
      forward: [
        MessageRow(
          "keys and values", .context, .ring, keysAndValues, at: .input, keyValueHeads: heads, rerunBy: .attention,
          source: source)
      ],
      backward: [
        MessageRow(
          "keys, values and their gradients", .context, .ring, 2 * keysAndValues, at: .input, keyValueHeads: heads,
          source: source)
      ])
  }

  /// Queries, keys and values put together where there are more devices than key-value heads, so that each takes its own.
  /// - Source: Megatron-LM megatron/core/transformer/attention.py, `get_query_key_value_tensors`.
  static func joined(_ channels: Formula, heads: Formula) -> LayerMessages {
    let source = "Megatron-LM, SelfAttention.get_query_key_value_tensors"
    return LayerMessages(
      forward: [
        MessageRow("query, key, value", .tensor, .join, channels, at: .input, keyValueHeads: heads, source: source)
      ],
      backward: [
        MessageRow(
          "gradient of query, key, value", .tensor, .split, channels, at: .input, keyValueHeads: heads, source: source)
      ])
  }
}
