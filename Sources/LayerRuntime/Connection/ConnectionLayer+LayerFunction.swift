// A connection around a layer function of the caller's, in four calls: two forward, two backward, the function between
// the two. Layer inputs, outputs and their gradients are float32, [T, C], whatever the format of the streams.

extension ConnectionLayer {
  /// A backward pass whose first half has run: what the second needs of it.
  struct BegunBackward {
    let x, gradNext, gradX: UnsafeMutableRawPointer
    /// Nil for a residual.
    let buffer: (region: Region<Float>, gradients: CoefficientGradients)?
  }

  // MARK: Forward

  /// The first half of a forward pass: the coefficients, which are kept for the other calls, and the layer's input.
  /// - Parameters:
  ///   - x: the streams, [T, n, C].
  ///   - u: takes the layer's input, [T, C]: Σ_i H_pre[i] x_i, or x widened for a residual.
  /// - Throws: ``RuntimeError`` for operands that do not fit or share memory, or without room for the coefficients.
  public func preMix(x: Streams, u: Region<Float>) throws(RuntimeError) {
    try operand("x", x).requireApart(from: operand("u", u))
    if kind == .residual { x.widen(into: u) }
    try before(x: x, u: u)
  }

  /// The layer's input once more, with the coefficients of the last forward pass, for those who did not keep it.
  /// - Parameters:
  ///   - x: the streams that the coefficients are of, [T, n, C].
  ///   - u: takes the layer's input, [T, C].
  /// - Throws: ``RuntimeError`` for operands that do not fit or share memory, and without the coefficients of a forward
  ///   pass.
  public func preMixAgain(x: Streams, u: Region<Float>) throws(RuntimeError) {
    try operand("x", x).requireApart(from: operand("u", u))
    if kind == .residual { x.widen(into: u) } else { try mixAgain(x: x, u: u) }
  }

  /// The second half of a forward pass: the next streams.
  /// - Parameters:
  ///   - x: the streams that ``preMix(x:u:)`` was given, [T, n, C].
  ///   - y: the layer's output, [T, C].
  ///   - next: takes x' = H_res x + H_post y, [T, n, C].
  /// - Throws: ``RuntimeError`` for operands that do not fit or share memory, without the coefficients of a forward
  ///   pass, or without room for what an unfused merge adds up.
  public func merge(x: Streams, y: Region<Float>, next: Streams) throws(RuntimeError) {
    try Operand.requireApart(operand("x", x), operand("x'", next), operand("y", y))
    try requireCoefficients()
    try after(x: x, y: y, next: next)
  }

  // MARK: Backward

  /// The first half of a backward pass: the gradient of the layer's output.
  ///
  /// Until ``preMixBackward(x:gradU:gradNext:gradX:)`` has run, x and ∂x' stay as they are, ∂x is unfinished, and
  /// another pass of this connection ends this one.
  /// - Parameters:
  ///   - x: the streams of the forward pass, [T, n, C].
  ///   - y: the layer's output, [T, C]; a residual does not read it.
  ///   - gradNext: ∂x', [T, n, C].
  ///   - gradX: is written to, [T, n, C].
  ///   - gradY: takes ∂y = Σ_o H_post[o] ∂x'_o, or ∂x' widened for a residual, [T, C].
  /// - Throws: ``RuntimeError`` for operands that do not fit or share memory, without the coefficients of a forward
  ///   pass, or without room for their gradients.
  public func mergeBackward(
    x: Streams, y: Region<Float>, gradNext: Streams, gradX: Streams, gradY: Region<Float>
  ) throws(RuntimeError) {
    let streams = (try operand("grad x", gradX), try operand("grad x'", gradNext), try operand("x", x))
    let layer = (try operand("grad y", gradY), try operand("y", y))
    try Operand.requireApart(streams.0, streams.1, streams.2)
    try Operand.requireApart(layer.0, streams.0, streams.1)
    try Operand.requireApart(layer.1, streams.0, streams.1)
    try Operand.requireApart(layer.0, layer.1, streams.2)
    endBackward()
    let buffer = try gradientBuffer()
    if kind == .residual { gradNext.widen(into: gradY) }
    do {
      try backwardBefore(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradY, buffer?.gradients)
    } catch {
      if let buffer { arena.release(buffer.region) }
      throw error
    }
    begun = BegunBackward(x: x.base, gradNext: gradNext.base, gradX: gradX.base, buffer: buffer)
  }

  /// The second half of a backward pass: the gradient of the streams; those of φ, α and b are added to.
  /// - Parameters:
  ///   - x: the streams that ``mergeBackward(x:y:gradNext:gradX:gradY:)`` was given, [T, n, C].
  ///   - gradU: ∂u, the gradient of the layer's input, [T, C]; may be where ∂y was.
  ///   - gradNext: ∂x' as that call was given it, [T, n, C].
  ///   - gradX: takes ∂x; the tensor that that call was given, [T, n, C].
  /// - Throws: ``RuntimeError`` for operands that do not fit, share memory or are not those of the first half, without a
  ///   first half before, or without room for what an unfused pass adds up.
  public func preMixBackward(
    x: Streams, gradU: Region<Float>, gradNext: Streams, gradX: Streams
  ) throws(RuntimeError) {
    guard let begun else { throw .invalid("preMixBackward", expected: "mergeBackward before it", found: "none") }
    let streams = (try operand("grad x", gradX), try operand("grad x'", gradNext), try operand("x", x))
    let layer = try operand("grad u", gradU)
    try same("grad x", gradX, begun.gradX)
    try same("grad x'", gradNext, begun.gradNext)
    try same("x", x, begun.x)
    try Operand.requireApart(layer, streams.0, streams.1)
    try layer.requireApart(from: streams.2)
    try backwardAfter(x: x, gradU: gradU, gradNext: gradNext, gradX: gradX, begun.buffer?.gradients)
    endBackward()
  }

  private func same(_ name: String, _ streams: Streams, _ base: UnsafeMutableRawPointer) throws(RuntimeError) {
    guard streams.base == base else {
      throw .invalid(name, expected: "the tensor that mergeBackward was given", found: "another")
    }
  }

  /// Forgets a backward pass whose second half has run, or will not.
  func endBackward() {
    if let buffer = begun?.buffer { arena.release(buffer.region) }
    begun = nil
  }
}
