import CMHCKernels

/// A layer function with its pre-norm, on buffers of an arena.
///
/// Matrix products are OpenBLAS's, a part of the rows on each thread; norm, activations and softmax are ours. One caller at a time; the threads it starts
/// only read its addresses.
final class LayerFunction: @unchecked Sendable {
  let kind: LayerFunctionKind
  let shape: LayerShape
  /// Whether z = norm(u); otherwise z = u.
  let hasPreNorm: Bool
  /// W₁ [C, H], … , each row by row, then the norm's weight [C].
  let values: Region<Float>
  let gradients: Region<Float>
  let table: mhck_table
  let team: ThreadTeam
  private let blas: OpenBLAS?
  private let arena: Arena
  /// What the backward pass needs: pre-activations, or q, k, v and the heads' output.
  private var saved: Region<Float>?
  static let normEpsilon: Float = 1e-6

  init(
    _ kind: LayerFunctionKind, hasPreNorm: Bool, _ shape: LayerShape, variant: KernelVariant, team: ThreadTeam,
    arena: Arena
  ) throws(RuntimeError) {
    try kind.check(shape)
    self.kind = kind
    self.shape = shape
    self.hasPreNorm = hasPreNorm
    self.team = team
    self.arena = arena
    table = variant.table.pointee
    blas = kind == .identity ? nil : try OpenBLAS.load()
    let count = kind.weights(channels: shape.channels) + shape.channels
    (values, gradients) = try arena.allocatePair((.parameter, count), (.gradient, count))
    values.elements.initialize(repeating: 0)
    (normWeight).update(repeating: 1, count: shape.channels)
    gradients.elements.initialize(repeating: 0)
  }

  deinit {
    arena.release(values)
    arena.release(gradients)
    dropSaved()
  }

  private var T: Int { shape.tokens }
  private var C: Int { shape.channels }
  private var normWeight: UnsafeMutablePointer<Float> { values.base + values.count - C }
  private var gradNormWeight: UnsafeMutablePointer<Float> { gradients.base + gradients.count - C }

  /// Gives back what was kept for the backward pass.
  func dropSaved() {
    if let saved { arena.release(saved) }
    saved = nil
  }

  // MARK: Pre-norm

  /// z = norm(u), and 1/r of every token.
  func norm(u: Region<Float>, z: Region<Float>, inverse: Region<Float>) {
    var work = FunctionWork(.norm, table, u.base, z.base, inverse.base, normWeight)
    work.columns = C
    team.run(T, work)
  }

  /// ∂u in place of ∂z.
  func normBackward(gradient: Region<Float>, u: Region<Float>, inverse: Region<Float>) throws(RuntimeError) {
    // Every thread has a sum of its own, so that the order of the sum never changes.
    let sums: Region<Float> = try arena.allocate(.scratch, team.count * C)
    defer { arena.release(sums) }
    sums.elements.initialize(repeating: 0)
    var work = FunctionWork(.normBackward, table, gradient.base, u.base, inverse.base, normWeight, sums.base)
    work.columns = C
    team.run(T, work)
    for thread in 0..<team.count {
      for c in 0..<C { gradNormWeight[c] += sums.base[thread * C + c] }
    }
  }

  // MARK: The function

  /// y = F(z).
  func forward(z: Region<Float>, y: Region<Float>) throws(RuntimeError) {
    let count = T * kind.savedElements(channels: C)
    let kept: Region<Float>
    if let saved { kept = saved } else { kept = try arena.allocate(.layerSaved, count) }
    saved = kept
    guard let blas else {
      y.base.update(from: z.base, count: T * C)
      return
    }
    let scratch: Region<Float> = try arena.allocate(.scratch, kind.scratchElements(tokens: T, channels: C))
    defer { arena.release(scratch) }
    switch kind {
    case .identity: break
    case .gelu(let H): geluForward(blas, H, z.base, kept.base, scratch.base, y.base)
    case .swiGLU(let H): swiGLUForward(blas, H, z.base, kept.base, scratch.base, y.base)
    case .attention(let heads): attentionForward(blas, heads, z.base, kept.base, scratch.base, y.base)
    }
  }

  /// ∂z in place of ∂y; the gradients of the weights are added to.
  func backward(z: Region<Float>, gradient: Region<Float>) throws(RuntimeError) {
    guard let blas, let saved else { return }
    let scratch: Region<Float> = try arena.allocate(.scratch, kind.scratchElements(tokens: T, channels: C))
    defer { arena.release(scratch) }
    switch kind {
    case .identity: break
    case .gelu(let H): geluBackward(blas, H, z.base, saved.base, scratch.base, gradient.base)
    case .swiGLU(let H): swiGLUBackward(blas, H, z.base, saved.base, scratch.base, gradient.base)
    case .attention(let heads): attentionBackward(blas, heads, z.base, saved.base, scratch.base, gradient.base)
    }
  }

  /// Up to four addresses that go to threads.
  struct Pointers: @unchecked Sendable {
    let a, b, c, d: UnsafeMutablePointer<Float>
    init(
      _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>,
      _ d: UnsafeMutablePointer<Float>
    ) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }
  }
}
