/// One connection around one layer function, on buffers of an arena.
///
/// It owns its parameters and the coefficients of its tokens; streams belong to the caller. The layer function is the
/// caller's, between ``preMix(x:u:)`` and ``merge(x:y:next:)`` forward, and between
/// ``mergeBackward(x:y:gradNext:gradX:gradY:)`` and ``preMixBackward(x:gradU:gradNext:gradX:)`` backward; or F(u) = u, in
/// one call each.
public final class ConnectionLayer {
  /// The connection.
  public let kind: ConnectionKind
  /// Its sizes.
  public let shape: LayerShape
  /// Its convention.
  public let convention: Convention
  /// How it is cut into kernels.
  public let plan: ConnectionPlan
  /// φ, α and b; nil for a residual.
  public let parameters: ConnectionParameters?

  let kernels: ConnectionKernels
  let scratch: ConnectionScratch?
  let arena: Arena
  private var stateBuffer: Region<Float>?
  var begun: BegunBackward?
  /// Whether stores of streams go past the caches: where a stream tensor is larger than a cache can keep.
  public var streaming: Bool

  /// Bytes of a stream tensor from which on it is written past the caches.
  ///
  /// Passes of half as many bytes take up to two fifths less time if what they read was not cached, but steps, where it
  /// was, a twentieth more.
  public static let streamingBytes = 4 << 20

  /// A connection.
  /// - Throws: ``RuntimeError`` for `reference`, which has no kernels; for a residual of more than one stream; where
  ///   the arena has no room.
  public convenience init(
    _ kind: ConnectionKind, _ shape: LayerShape, _ convention: Convention, _ implementation: Implementation,
    format: StreamFormat = .float32, variant: KernelVariant = .best, team: ThreadTeam = .single, arena: Arena
  ) throws(RuntimeError) {
    guard implementation != .reference else {
      throw .invalid("implementation", expected: "unfused, fused or fastest", found: "reference, which has no kernels")
    }
    guard kind != .residual || shape.streams == 1 else {
      throw .invalid("streams", expected: "1 with a residual connection", found: "\(shape.streams)")
    }
    try convention.check()
    let kernels = ConnectionKernels(
      kind: kind, shape: shape, convention: convention, format: format, variant: variant, team: team)
    var scratch: ConnectionScratch?
    if let sizes = ConnectionSizes(kind, shape) {
      scratch = try ConnectionScratch(sizes, shape, iterations: convention.iterations, team: team, arena: arena)
    }
    try self.init(kernels, ConnectionPlan(kind, implementation, channels: shape.channels), scratch, arena)
  }

  /// A connection that shares scratch with others of its shape.
  init(_ kernels: ConnectionKernels, _ plan: ConnectionPlan, _ scratch: ConnectionScratch?, _ arena: Arena)
    throws(RuntimeError)
  {
    kind = kernels.kind
    shape = kernels.shape
    convention = kernels.convention
    self.plan = plan
    self.kernels = kernels
    self.scratch = scratch
    self.arena = arena
    if let scratch { parameters = try ConnectionParameters(scratch.sizes, arena: arena) } else { parameters = nil }
    streaming = shape.tokens * shape.streamElements * kernels.format.bytes >= Self.streamingBytes
  }

  deinit { dropCoefficients() }

  // MARK: Coefficients

  /// Gives back the coefficients kept for the backward pass, and ends one whose first half has run.
  public func dropCoefficients() {
    endBackward()
    if let stateBuffer { arena.release(stateBuffer) }
    stateBuffer = nil
  }

  /// Refuses to go on without the coefficients of a forward pass: what lies where they would be says nothing.
  func requireCoefficients() throws(RuntimeError) {
    guard scratch == nil || stateBuffer != nil else {
      throw .invalid("coefficients", expected: "those of a forward pass before", found: "none")
    }
  }

  private func state() throws(RuntimeError) -> CoefficientState? {
    guard let sizes = scratch?.sizes else { return nil }
    let buffer: Region<Float>
    if let stateBuffer {
      buffer = stateBuffer
    } else {
      buffer = try arena.allocate(.coefficient, shape.tokens * CoefficientState.floats(sizes))
      stateBuffer = buffer
    }
    return CoefficientState(buffer.base, sizes, shape)
  }

  /// The coefficients of the last forward pass, copied; nil without one, and for a residual.
  public var coefficients: Coefficients? {
    guard let stateBuffer, let sizes = scratch?.sizes else { return nil }
    return Coefficients(CoefficientState(stateBuffer.base, sizes, shape), shape, convention.orientation)
  }

  /// The logits of H_res [T, n, n] of the last forward pass, as the convention writes it, made again from the
  /// projections; empty where there are none.
  var logits: [Float] {
    guard kind == .manifold, let stateBuffer, let sizes = scratch?.sizes, let parameters else { return [] }
    let state = CoefficientState(stateBuffer.base, sizes, shape)
    let n = shape.streams
    return (0..<shape.tokens * n * n).map { index in
      let (t, j) = (index / (n * n), 2 * n + index % (n * n))
      return state.projection[t * sizes.projections + j] * (parameters.alpha[2] / state.root[t]) + parameters.bias[j]
    }
  }

  // MARK: Forward

  /// Coefficients and pre-mix: u from x; a residual has neither.
  func before(x: Streams, u: Region<Float>) throws(RuntimeError) {
    endBackward()
    try run(plan.before) { tensors in
      tensors.x = x.base
      tensors.u = u.base
    }
  }

  /// u from x with the coefficients that are there, for recompute.
  func mixAgain(x: Streams, u: Region<Float>) throws(RuntimeError) {
    try requireCoefficients()
    try run([.preMix]) { tensors in
      tensors.x = x.base
      tensors.u = u.base
    }
  }

  /// x' from x and y.
  func after(x: Streams, y: Region<Float>, next: Streams) throws(RuntimeError) {
    let needsSpace = plan.after.contains(.post)
    let post = try needsSpace ? Streams(arena, .scratch, shape, kernels.format) : nil
    defer { post?.release() }
    let res = try needsSpace ? Streams(arena, .scratch, shape, kernels.format) : nil
    defer { res?.release() }
    try run(plan.after) { tensors in
      tensors.x = x.base
      tensors.y = y.base
      tensors.next = next.base
      (tensors.post, tensors.res) = (post?.base, res?.base)
    }
  }

  /// The whole forward pass with F(u) = u, in one pass over the streams where the plan is tiled.
  public func forwardIdentity(x: Streams, next: Streams) throws(RuntimeError) {
    try operand("x", x).requireApart(from: operand("x'", next))
    endBackward()
    if kind != .residual, plan.isTiled {
      try run(plan.before + plan.after) { tensors in
        tensors.isLocal = true
        (tensors.x, tensors.next) = (x.base, next.base)
      }
      return
    }
    let u: Region<Float> = try arena.allocate(.transient, shape.tokens * shape.channels)
    defer { arena.release(u) }
    if kind == .residual { x.widen(into: u) }
    try before(x: x, u: u)
    try after(x: x, y: u, next: next)
  }

  // MARK: Backward

  /// ∂y, and what else the merge's gradient makes.
  func backwardBefore(
    x: Streams, y: Region<Float>, gradNext: Streams, gradX: Streams, gradY: Region<Float>,
    _ gradients: CoefficientGradients?
  ) throws(RuntimeError) {
    try requireCoefficients()
    scratch.map { scratch in parameters.map { scratch.packBackward($0, kernels) } }
    try run(plan.backwardBefore, packing: false) { tensors in
      (tensors.x, tensors.gradNext, tensors.gradX) = (x.base, gradNext.base, gradX.base)
      (tensors.y, tensors.gradY) = (y.base, gradY.base)
      tensors.gradients = gradients
    }
  }

  /// ∂x from ∂u, and the gradients of φ, α and b.
  func backwardAfter(
    x: Streams, gradU: Region<Float>, gradNext: Streams, gradX: Streams, _ gradients: CoefficientGradients?
  ) throws(RuntimeError) {
    let needsSpace = plan.backwardAfter.contains(.accumulatePre)
    let ofPre = try needsSpace ? Streams(arena, .scratch, shape, kernels.format) : nil
    defer { ofPre?.release() }
    let ofCoefficients = try needsSpace ? Streams(arena, .scratch, shape, kernels.format) : nil
    defer { ofCoefficients?.release() }
    try run(plan.backwardAfter, packing: false) { tensors in
      (tensors.x, tensors.gradNext, tensors.gradX) = (x.base, gradNext.base, gradX.base)
      tensors.gradU = gradU.base
      (tensors.gradXPre, tensors.gradXCoefficients) = (ofPre?.base, ofCoefficients?.base)
      tensors.gradients = gradients
    }
    if let scratch, let parameters { scratch.addSums(to: parameters) }
  }

  /// The whole backward pass with F(u) = u.
  ///
  /// Where the plan is tiled, u is made again from x on the way: it costs no traffic, and keeping it would.
  /// - Throws: ``RuntimeError`` for streams that do not fit, and without the coefficients of a forward pass.
  public func backwardIdentity(x: Streams, gradNext: Streams, gradX: Streams) throws(RuntimeError) {
    try Operand.requireApart(operand("grad x", gradX), operand("grad x'", gradNext), operand("x", x))
    try requireCoefficients()
    endBackward()
    let gradients = try gradientBuffer()
    defer { gradients.map { arena.release($0.region) } }
    if kind != .residual, plan.isTiled {
      scratch.map { scratch in parameters.map { scratch.packBackward($0, kernels) } }
      try run([.preMix] + plan.backwardBefore + plan.backwardAfter, packing: false) { tensors in
        tensors.isLocal = true
        (tensors.x, tensors.gradNext, tensors.gradX) = (x.base, gradNext.base, gradX.base)
        tensors.gradients = gradients?.gradients
      }
      if let scratch, let parameters { scratch.addSums(to: parameters) }
      return
    }
    let y: Region<Float> = try arena.allocate(.transient, shape.tokens * shape.channels)
    defer { arena.release(y) }
    let gradY: Region<Float> = try arena.allocate(.gradient, shape.tokens * shape.channels)
    defer { arena.release(gradY) }
    if kind == .residual { gradNext.widen(into: gradY) } else { try mixAgain(x: x, u: y) }
    try backwardBefore(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradY, gradients?.gradients)
    try backwardAfter(x: x, gradU: gradY, gradNext: gradNext, gradX: gradX, gradients?.gradients)
  }

  /// Room for the gradients of all coefficients; nil for a residual.
  func gradientBuffer() throws(RuntimeError) -> (region: Region<Float>, gradients: CoefficientGradients)? {
    guard let sizes = scratch?.sizes else { return nil }
    let region: Region<Float> = try arena.allocate(.gradient, shape.tokens * CoefficientGradients.floats(sizes))
    return (region, CoefficientGradients(region.base, sizes, shape))
  }

  // MARK: Running

  private func run(
    _ operations: [ConnectionOperation], packing: Bool = true, _ place: (inout ConnectionTensors) -> Void
  ) throws(RuntimeError) {
    guard !operations.isEmpty else { return }
    var tensors = ConnectionTensors()
    tensors.state = try state()
    tensors.streaming = streaming
    place(&tensors)
    if packing, let scratch, let parameters,
      operations.contains(.project) || operations.contains(.allCoefficients)
    {
      scratch.packForward(parameters, kernels)
    }
    kernels.run(operations, tiled: plan.isTiled, tensors, parameters, scratch)
  }
}
