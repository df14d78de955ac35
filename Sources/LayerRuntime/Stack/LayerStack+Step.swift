import CMHCKernels

// One training step. The memory held at any time is what the purposes of Purpose say, and nothing is held twice.

extension LayerStack {
  private var T: Int { configuration.shape.tokens }
  private var C: Int { configuration.shape.channels }
  private var isResidual: Bool { configuration.connection == .residual }
  private var storesAll: Bool { configuration.blocks == .stored }

  /// One step on a copy of `input`; gradients of parameters are added to.
  /// - Parameters:
  ///   - input: x₀.
  ///   - gradient: takes ∂x₀, if given.
  /// - Returns: the loss.
  /// - Throws: ``RuntimeError/outOfMemory(_:requestedBytes:availableBytes:)``, after which the stack holds nothing of
  ///   the step; ``RuntimeError`` for streams of another shape or format.
  @discardableResult
  public func step(_ input: Streams, gradient: Streams? = nil) throws(RuntimeError) -> Double {
    let count = T * configuration.shape.streamElements
    try check("x", input, count)
    if let gradient { try check("grad x", gradient, count) }
    defer { dropAll() }
    let last = try forward(input)
    let loss = layers[0].connection.kernels.halfSquares(last)
    let result = try backward(from: last)
    if let gradient { gradient.base.copyMemory(from: result.base, byteCount: count * configuration.format.bytes) }
    result.release()
    return loss
  }

  private func check(_ name: String, _ stream: Streams, _ count: Int) throws(RuntimeError) {
    guard stream.count == count else { throw .length(name, expected: count, found: stream.count) }
    guard stream.format == configuration.format else {
      throw .invalid(name, expected: configuration.format.rawValue, found: stream.format.rawValue)
    }
  }

  // MARK: Forward

  /// x_L; the caller releases it.
  private func forward(_ input: Streams) throws(RuntimeError) -> Streams {
    var x = try streams(.streamCheckpoint)
    x.base.copyMemory(from: input.base, byteCount: x.count * x.format.bytes)
    var index = 0
    for size in blockSizes {
      for place in 0..<size {
        let layer = layers[index]
        layer.x = x
        let y: Region<Float> = try arena.allocate(.layerOutput, T * C)
        layer.y = y
        try enter(layer, again: false)
        guard let z = layer.z ?? layer.u else { preconditionFailure("a layer has an input") }
        try layer.function.forward(z: z, y: y)
        if !storesAll { leave(layer) }
        // The first stream of a block is held for the backward pass, and so are all where everything is stored; the
        // last stream is its own gradient.
        let isLast = index == layers.count - 1
        let next = try streams(isLast ? .gradient : storesAll || place == size - 1 ? .streamCheckpoint : .transient)
        do { try layer.connection.after(x: x, y: y, next: next) } catch {
          next.release()
          throw error
        }
        if !storesAll, place > 0 {
          x.release()
          layer.x = nil
        }
        // Nothing is recomputed where everything is stored, the coefficients neither.
        if !storesAll, !configuration.keepsCoefficients { layer.connection.dropCoefficients() }
        x = next
        index += 1
      }
    }
    return x
  }

  /// u and z of a layer whose x is there.
  private func enter(_ layer: Layer, again: Bool) throws(RuntimeError) {
    guard let x = layer.x else { preconditionFailure("a layer is entered with its streams at hand") }
    // A residual's stream is the layer's input, where it is stored in the same format.
    let aliases = isResidual && configuration.format == .float32
    let u: Region<Float>
    if aliases {
      u = Region(base: x.base.assumingMemoryBound(to: Float.self), count: T * C, offset: -1)
    } else {
      u = try arena.allocate(.transient, T * C)
    }
    layer.u = u
    if isResidual {
      if !aliases { x.widen(into: u) }
    } else if again, configuration.keepsCoefficients {
      try layer.connection.mixAgain(x: x, u: u)
    } else {
      try layer.connection.before(x: x, u: u)
    }
    guard configuration.hasPreNorm else { return }
    let z: Region<Float> = try arena.allocate(.transient, T * C)
    layer.z = z
    let inverse: Region<Float> = try arena.allocate(.coefficient, T)
    layer.inverse = inverse
    layer.function.norm(u: u, z: z, inverse: inverse)
  }

  /// Gives back u and z.
  private func leave(_ layer: Layer) {
    if let u = layer.u, u.offset >= 0 { arena.release(u) }
    if let z = layer.z { arena.release(z) }
    if let inverse = layer.inverse { arena.release(inverse) }
    (layer.u, layer.z, layer.inverse) = (nil, nil, nil)
  }

  // MARK: Backward

  /// ∂x₀ from x_L, which is ∂x_L; the caller releases it.
  private func backward(from last: Streams) throws(RuntimeError) -> Streams {
    var gradient = last
    var end = layers.count
    for size in blockSizes.reversed() {
      let block = end - size..<end
      do {
        if !storesAll { try recompute(block) }
        for index in block.reversed() { gradient = try backward(layers[index], gradient) }
      } catch {
        gradient.release()
        throw error
      }
      end -= size
    }
    return gradient
  }

  /// Makes a block's streams, inputs and normalised inputs again.
  private func recompute(_ block: Range<Int>) throws(RuntimeError) {
    for index in block {
      let layer = layers[index]
      try enter(layer, again: true)
      guard index + 1 < block.upperBound else { break }
      guard let x = layer.x, let y = layer.y else { preconditionFailure("a block's output is kept") }
      let next = try streams(.transient)
      layers[index + 1].x = next
      try layer.connection.after(x: x, y: y, next: next)
    }
  }

  private func backward(_ layer: Layer, _ gradNext: Streams) throws(RuntimeError) -> Streams {
    guard let x = layer.x, let u = layer.u, let y = layer.y else {
      preconditionFailure("a layer goes backward with its tensors at hand")
    }
    let gradX = try streams(.gradient)
    do {
      let gradient: Region<Float> = try arena.allocate(.gradient, T * C)
      defer { arena.release(gradient) }
      let buffer = try layer.connection.gradientBuffer()
      defer { buffer.map { arena.release($0.region) } }
      if isResidual { gradNext.widen(into: gradient) }
      try layer.connection.backwardBefore(
        x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradient, buffer?.gradients)
      try layer.function.backward(z: layer.z ?? u, gradient: gradient)
      if let inverse = layer.inverse { try layer.function.normBackward(gradient: gradient, u: u, inverse: inverse) }
      try layer.connection.backwardAfter(
        x: x, gradU: gradient, gradNext: gradNext, gradX: gradX, buffer?.gradients)
    } catch {
      gradX.release()
      throw error
    }
    gradNext.release()
    drop(layer)
    return gradX
  }

  // MARK: Buffers

  private func streams(_ purpose: Purpose) throws(RuntimeError) -> Streams {
    try Streams(arena, purpose, configuration.shape, configuration.format)
  }

  private func drop(_ layer: Layer) {
    leave(layer)
    layer.x?.release()
    layer.x = nil
    if let y = layer.y { arena.release(y) }
    layer.y = nil
    layer.function.dropSaved()
    layer.connection.dropCoefficients()
  }

  private func dropAll() { layers.forEach { drop($0) } }
}

extension ConnectionKernels {
  /// ½ Σ x².
  func halfSquares(_ x: Streams) -> Double { variant.table.pointee.streams(format).half_squares(x.base, x.count) }
}
