/// Where the tensors of one call are, null where a plan does not need one.
///
/// Streams are float32 or bfloat16; all else is float32. Every address is of the first token; `isLocal` says that a
/// layer's input and output and their gradients have room for one tile a thread only, and are used and forgotten there.
struct ConnectionTensors: @unchecked Sendable {
  var x: UnsafeMutableRawPointer?
  var next: UnsafeMutableRawPointer?
  var post: UnsafeMutableRawPointer?
  var res: UnsafeMutableRawPointer?
  var gradNext: UnsafeMutableRawPointer?
  var gradX: UnsafeMutableRawPointer?
  var gradXPre: UnsafeMutableRawPointer?
  var gradXCoefficients: UnsafeMutableRawPointer?

  var u: UnsafeMutablePointer<Float>?
  var y: UnsafeMutablePointer<Float>?
  var gradU: UnsafeMutablePointer<Float>?
  var gradY: UnsafeMutablePointer<Float>?
  var isLocal = false

  var state: CoefficientState?
  var gradients: CoefficientGradients?
  /// Whether stores of x' and ∂x go past the caches.
  var streaming = false
}

/// What the coefficients of all tokens are made of, kept from forward to backward: 2 (n² + 2n) + 1 floats a token for
/// mHC.
struct CoefficientState: @unchecked Sendable {
  var projection: UnsafeMutablePointer<Float>
  var root: UnsafeMutablePointer<Float>
  var pre: UnsafeMutablePointer<Float>
  var post: UnsafeMutablePointer<Float>
  var mixing: UnsafeMutablePointer<Float>

  /// Floats of the state for one token.
  static func floats(_ sizes: ConnectionSizes) -> Int { sizes.projections + sizes.rows + sizes.coefficients }

  /// The state laid out in one buffer of `floats · tokens`.
  init(_ base: UnsafeMutablePointer<Float>, _ sizes: ConnectionSizes, _ shape: LayerShape) {
    let (T, n) = (shape.tokens, shape.streams)
    projection = base
    root = projection + T * sizes.projections
    pre = root + T * sizes.rows
    post = pre + T * n
    mixing = post + T * n
  }
}

/// Gradients of the coefficients of all tokens, needed between the operations of one backward pass.
struct CoefficientGradients: @unchecked Sendable {
  var pre: UnsafeMutablePointer<Float>
  var post: UnsafeMutablePointer<Float>
  var mixing: UnsafeMutablePointer<Float>
  /// That of the logits: in place of that of H_res in a layer, which needs no more of it.
  var logits: UnsafeMutablePointer<Float>
  var projection: UnsafeMutablePointer<Float>
  var along: UnsafeMutablePointer<Float>

  static func floats(_ sizes: ConnectionSizes) -> Int { sizes.coefficients + sizes.projections + sizes.rows }

  init(_ base: UnsafeMutablePointer<Float>, _ sizes: ConnectionSizes, _ shape: LayerShape) {
    let (T, n) = (shape.tokens, shape.streams)
    pre = base
    post = pre + T * n
    mixing = post + T * n
    logits = mixing
    projection = mixing + T * n * n
    along = projection + T * sizes.projections
  }
}
