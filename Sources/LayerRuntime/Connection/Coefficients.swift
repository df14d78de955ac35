/// H_pre, H_post and H_res of every token of a connection, copied out, with how H_res is written.
public struct Coefficients: Hashable, Sendable {
  /// T: tokens.
  public let tokens: Int
  /// n: residual streams.
  public let streams: Int
  /// How ``mixing`` is written; ``mixing(token:output:input:)`` knows it.
  public let orientation: Orientation
  /// H_pre, [T, n].
  public let pre: [Float]
  /// H_post, [T, n].
  public let post: [Float]
  /// H_res, [T, n, n], written as ``orientation`` says.
  public let mixing: [Float]

  init(_ state: CoefficientState, _ shape: LayerShape, _ orientation: Orientation) {
    func copy(_ base: UnsafeMutablePointer<Float>, _ count: Int) -> [Float] {
      Array(UnsafeBufferPointer(start: base, count: count))
    }
    (tokens, streams) = (shape.tokens, shape.streams)
    self.orientation = orientation
    pre = copy(state.pre, tokens * streams)
    post = copy(state.post, tokens * streams)
    mixing = copy(state.mixing, tokens * streams * streams)
  }

  /// H_pre: the weight of a stream in the layer's input, u = Σ_i H_pre[i] x_i.
  /// - Precondition: `token` is in 0..<T, `stream` in 0..<n.
  public func pre(token: Int, stream: Int) -> Float {
    precondition((0..<tokens).contains(token) && (0..<streams).contains(stream), "no such token or stream")
    return pre[token * streams + stream]
  }

  /// H_post: the weight of the layer's output in a next stream.
  /// - Precondition: `token` is in 0..<T, `stream` in 0..<n.
  public func post(token: Int, stream: Int) -> Float {
    precondition((0..<tokens).contains(token) && (0..<streams).contains(stream), "no such token or stream")
    return post[token * streams + stream]
  }

  /// H_res: the weight of stream `input` of x in stream `output` of x', whatever the orientation.
  /// - Precondition: `token` is in 0..<T, `output` and `input` are in 0..<n.
  public func mixing(token: Int, output: Int, input: Int) -> Float {
    precondition(
      (0..<tokens).contains(token) && (0..<streams).contains(output) && (0..<streams).contains(input),
      "no such token or stream")
    let (row, column) = orientation == .outputByInput ? (output, input) : (input, output)
    return mixing[(token * streams + row) * streams + column]
  }
}
