import CMHCKernels

/// φ, α and b of one connection, in float32, with their gradients.
public final class ConnectionParameters {
  /// φ [w, nC] for mHC, θ [n+2, C] for HC, then α [3], then b [n² + 2n].
  public let values: Region<Float>
  /// Their gradients, in the same order; a backward pass adds to them.
  public let gradients: Region<Float>
  let sizes: ConnectionSizes
  private let arena: Arena

  /// Parameters of zeros.
  public init(_ sizes: ConnectionSizes, arena: Arena) throws(RuntimeError) {
    self.sizes = sizes
    self.arena = arena
    values = try arena.allocate(.parameter, sizes.parameters)
    gradients = try arena.allocate(.gradient, sizes.parameters)
    values.elements.initialize(repeating: 0)
    gradients.elements.initialize(repeating: 0)
  }

  deinit {
    arena.release(values)
    arena.release(gradients)
  }

  /// Sets φ, α and b.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``.
  public func set(phi: [Float], alpha: [Float], bias: [Float]) throws(RuntimeError) {
    for (name, part, count) in [
      ("phi", phi, sizes.weights), ("alpha", alpha, sizes.scales), ("b", bias, sizes.coefficients),
    ] where part.count != count {
      throw .length(name, expected: count, found: part.count)
    }
    for (index, value) in (phi + alpha + bias).enumerated() { values.base[index] = value }
  }

  /// Sets the gradients to zero.
  public func clearGradients() { gradients.elements.update(repeating: 0) }

  var phi: UnsafeMutablePointer<Float> { values.base }
  var alpha: UnsafeMutablePointer<Float> { values.base + sizes.weights }
  var bias: UnsafeMutablePointer<Float> { values.base + sizes.weights + sizes.scales }
  var gradPhi: UnsafeMutablePointer<Float> { gradients.base }
  var gradAlpha: UnsafeMutablePointer<Float> { gradients.base + sizes.weights }
  var gradBias: UnsafeMutablePointer<Float> { gradients.base + sizes.weights + sizes.scales }
}

/// Scratch that the connections of one shape share: packed weights, sums of each thread, tapes.
final class ConnectionScratch: @unchecked Sendable {
  let sizes: ConnectionSizes
  let shape: LayerShape
  let team: ThreadTeam
  /// Tokens of a tile.
  let tile: Int
  private let arena: Arena
  private let floats: Region<Float>
  private let doubles: Region<Double>
  private let tileFloats: Int
  private let weightFloats: Int
  private let tapeFloats: Int
  private let sumFloats: Int

  var packedForward: UnsafeMutablePointer<Float> { floats.base }
  var packedBackward: UnsafeMutablePointer<Float> { floats.base + forwardFloats }
  private let forwardFloats: Int
  private let perThread: Int

  init(_ sizes: ConnectionSizes, _ shape: LayerShape, iterations: Int, team: ThreadTeam, arena: Arena)
    throws(RuntimeError)
  {
    self.sizes = sizes
    self.shape = shape
    self.team = team
    self.arena = arena
    tile = ThreadTeam.granule
    func lines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
    forwardFloats = lines(mhck_packed_forward_floats(sizes.inputs, sizes.outputs))
    weightFloats = mhck_packed_backward_floats(sizes.inputs / shape.channels, shape.channels, sizes.outputs)
    tapeFloats = mhck_tape_floats(shape.streams, iterations)
    tileFloats = lines(tile * shape.channels)
    // Kernels of four streams alone make them.
    sumFloats = shape.streams == 4 ? mhck_staged_floats(shape.streams, shape.channels) : 0
    // A thread has its sums for φ, a tape, and room for one tile of u and ∂y, and for two of sums for ∂x: those of a tile are
    // taken while the next one's are made.
    perThread = weightFloats + tapeFloats + 2 * tileFloats + 2 * sumFloats
    floats = try arena.allocate(.scratch, forwardFloats + weightFloats + team.count * perThread)
    doubles = try arena.allocate(.scratch, team.count * (sizes.scales + sizes.coefficients))
  }

  deinit {
    arena.release(floats)
    arena.release(doubles)
  }

  private func part(_ thread: Int) -> UnsafeMutablePointer<Float> {
    floats.base + forwardFloats + weightFloats + thread * perThread
  }
  func weights(_ thread: Int) -> UnsafeMutablePointer<Float> { part(thread) }
  func tape(_ thread: Int) -> UnsafeMutablePointer<Float> { part(thread) + weightFloats }
  func tileU(_ thread: Int) -> UnsafeMutablePointer<Float> { part(thread) + weightFloats + tapeFloats }
  func tileGradU(_ thread: Int) -> UnsafeMutablePointer<Float> { tileU(thread) + tileFloats }
  /// Those of even tiles, or of odd ones; nil where no kernel makes them.
  func tileSums(_ thread: Int, odd: Bool) -> UnsafeMutablePointer<Float>? {
    sumFloats > 0 ? tileGradU(thread) + tileFloats + (odd ? sumFloats : 0) : nil
  }
  func sums(_ thread: Int) -> UnsafeMutablePointer<Double> {
    doubles.base + thread * (sizes.scales + sizes.coefficients)
  }

  /// φ in the order in which the projection of these kernels reads it.
  func packForward(_ parameters: ConnectionParameters, _ kernels: ConnectionKernels) {
    team.run(
      sizes.inputs, granule: ForwardPackingWork.granule,
      ForwardPackingWork(
        phi: parameters.phi, packed: packedForward, inputs: sizes.inputs, outputs: sizes.outputs,
        streams: kernels.variant.table.pointee.streams(kernels.format)))
  }

  /// φ as the backward pass of these kernels reads it, and sums of zero.
  func packBackward(_ parameters: ConnectionParameters, _ kernels: ConnectionKernels) {
    let C = shape.channels
    team.run(
      chunks, granule: 1,
      BackwardPackingWork(
        phi: parameters.phi, packed: packedBackward, segments: sizes.inputs / C, channels: C, outputs: sizes.outputs,
        streams: kernels.variant.table.pointee.streams(kernels.format)))
    team.run(team.count, granule: 1, ClearingWork(scratch: self))
  }

  /// Sets a thread's sums to zero.
  func clearSums(_ thread: Int) {
    weights(thread).update(repeating: 0, count: weightFloats)
    sums(thread).update(repeating: 0, count: sizes.scales + sizes.coefficients)
  }

  /// Adds the sums of all threads to the gradients, thread by thread, so that the order never changes.
  func addSums(to parameters: ConnectionParameters) {
    let C = shape.channels
    team.run(
      chunks, granule: 1,
      UnpackingWork(
        scratch: self, gradients: parameters.gradPhi, segments: sizes.inputs / C, channels: C, outputs: sizes.outputs))
    for index in 0..<sizes.scales + sizes.coefficients {
      let sum = (0..<team.count).reduce(0) { $0 + sums($1)[index] }
      parameters.gradAlpha[index] += Float(sum)
    }
  }

  /// Chunks of 16 channels: what threads share when φ changes its order.
  private var chunks: Int { (shape.channels + 15) / 16 }
}
