import CMHCKernels

/// Runs the operations of one connection on ranges of tokens.
struct ConnectionKernels: Sendable {
  let kind: ConnectionKind
  let shape: LayerShape
  let convention: Convention
  let format: StreamFormat
  let variant: KernelVariant
  let team: ThreadTeam

  /// Runs operations in order on all tokens: each on all of them, or all on one tile after the other.
  func run(
    _ operations: [ConnectionOperation], tiled: Bool, _ tensors: ConnectionTensors,
    _ parameters: ConnectionParameters?, _ scratch: ConnectionScratch?
  ) {
    guard !operations.isEmpty else { return }
    let call = Call(kernels: self, tensors: tensors, parameters: parameters, scratch: scratch?.places)
    guard tiled else {
      for operation in operations { team.run(shape.tokens, OneOperation(call: call, operation: operation)) }
      return
    }
    let gradients = OverlappedGradients.first
    if tensors.isLocal, operations.first == .project, operations.suffix(2) == [.preMix, .merge] {
      team.run(shape.tokens, OverlappedOperations(call: call, between: operations[1..<operations.count - 2]))
    } else if tensors.isLocal, operations.starts(with: gradients), operations.last == .streamBackward {
      let between = operations[gradients.count..<operations.count - 1]
      team.run(shape.tokens, OverlappedGradients(call: call, between: between))
    } else {
      team.run(shape.tokens, TiledOperations(call: call, operations: operations))
    }
  }

  /// One operation on all tokens.
  private struct OneOperation: TeamWork {
    let call: Call
    let operation: ConnectionOperation
    static let part: mhck_part = { TeamJob<OneOperation>.run($0, $1) }

    func run(_ tokens: Range<Int>, thread: Int) { call.apply(operation, tokens, thread) }
  }

  /// All operations on a tile of tokens, then on the next.
  private struct TiledOperations: TeamWork {
    let call: Call
    let operations: [ConnectionOperation]
    static let part: mhck_part = { TeamJob<TiledOperations>.run($0, $1) }

    func run(_ tokens: Range<Int>, thread: Int) {
      for tile in ConnectionKernels.tiles(tokens) {
        for operation in operations { call.apply(operation, tile, thread) }
      }
    }
  }

  /// A forward pass with F(u) = u.
  ///
  /// Every tile has the same operations, but pre-mix and merge of one run while the next is projected: they wait for
  /// memory, and the projection does not need it.
  private struct OverlappedOperations: TeamWork {
    let call: Call
    let between: ArraySlice<ConnectionOperation>
    static let part: mhck_part = { TeamJob<OverlappedOperations>.run($0, $1) }

    func run(_ tokens: Range<Int>, thread: Int) {
      var before = tokens.lowerBound..<tokens.lowerBound
      for tile in ConnectionKernels.tiles(tokens) {
        call.project(tile, mixing: before, thread)
        for operation in between { call.apply(operation, tile, thread) }
        before = tile
      }
      call.project(tokens.upperBound..<tokens.upperBound, mixing: before, thread)
    }
  }

  /// A backward pass with F(u) = u.
  ///
  /// Nothing comes between pre-mix and the gradients of merge and pre-mix then: one kernel does all three, and reads a token
  /// once. It waits for memory, and the last operation of the tile before does not need it: they run together.
  private struct OverlappedGradients: TeamWork {
    let call: Call
    let between: ArraySlice<ConnectionOperation>
    static let first: [ConnectionOperation] = [.preMix, .mergeGradients, .preMixGradients]
    static let part: mhck_part = { TeamJob<OverlappedGradients>.run($0, $1) }

    func run(_ tokens: Range<Int>, thread: Int) {
      var tiles = ConnectionKernels.tiles(tokens).makeIterator()
      var now = tiles.next()
      var odd = false
      var sums = now.flatMap { call.gradients($0, odd: odd, thread) }
      while let tile = now {
        for operation in between { call.apply(operation, tile, thread) }
        now = tiles.next()
        odd.toggle()
        sums = call.streamBackward(tile, sums: sums, next: now, odd: odd, thread)
      }
    }
  }

  /// Tiles of some tokens, in order.
  private static func tiles(_ tokens: Range<Int>) -> some Sequence<Range<Int>> {
    stride(from: tokens.lowerBound, to: tokens.upperBound, by: ThreadTeam.granule).lazy.map {
      $0..<min($0 + ThreadTeam.granule, tokens.upperBound)
    }
  }

  /// One call: where everything is.
  struct Call: @unchecked Sendable {
    let kernels: ConnectionKernels
    let tensors: ConnectionTensors
    let table: mhck_table
    let streams: mhck_stream_kernels
    let phi, gradPhi, alpha, bias: UnsafeMutablePointer<Float>?
    let scratch: ScratchPlaces?
    let convention: mhck_convention
    let orientation: mhck_orientation
    let sizes: ConnectionSizes?

    init(
      kernels: ConnectionKernels, tensors: ConnectionTensors, parameters: ConnectionParameters?,
      scratch: ScratchPlaces?
    ) {
      self.kernels = kernels
      self.tensors = tensors
      table = kernels.variant.table.pointee
      streams = table.streams(kernels.format)
      phi = parameters?.phi
      gradPhi = parameters?.gradPhi
      alpha = parameters?.alpha
      bias = parameters?.bias
      self.scratch = scratch
      convention = kernels.convention.kernel
      orientation = kernels.convention.kernelOrientation(streams: kernels.shape.streams)
      sizes = ConnectionSizes(kernels.kind, kernels.shape)
    }
  }
}

extension ConnectionKernels.Call {
  private var n: Int { kernels.shape.streams }
  private var C: Int { kernels.shape.channels }

  /// The part of a stream tensor that begins at token t.
  private func stream(_ base: UnsafeMutableRawPointer?, _ t: Int) -> UnsafeMutableRawPointer? {
    base.map { $0 + t * n * C * kernels.format.bytes }
  }

  private func layer(_ base: UnsafeMutablePointer<Float>?, _ t: Int) -> UnsafeMutablePointer<Float>? {
    base.map { $0 + t * C }
  }

  private func u(_ t: Int, _ thread: Int) -> UnsafeMutablePointer<Float>? {
    tensors.isLocal ? scratch?.tileU(thread) : layer(tensors.u, t)
  }
  private func y(_ t: Int, _ thread: Int) -> UnsafeMutablePointer<Float>? {
    tensors.isLocal ? scratch?.tileU(thread) : layer(tensors.y, t)
  }
  private func gradU(_ t: Int, _ thread: Int) -> UnsafeMutablePointer<Float>? {
    tensors.isLocal ? scratch?.tileGradU(thread) : layer(tensors.gradU, t)
  }
  private func gradY(_ t: Int, _ thread: Int) -> UnsafeMutablePointer<Float>? {
    tensors.isLocal ? scratch?.tileGradU(thread) : layer(tensors.gradY, t)
  }

  /// One operation on a range of tokens.
  func apply(_ operation: ConnectionOperation, _ tokens: Range<Int>, _ thread: Int) {
    let (t, T) = (tokens.lowerBound, tokens.count)
    switch operation {
    case .allCoefficients:
      apply(.project, tokens, thread)
      apply(.coefficients, tokens, thread)
      if kernels.kind == .manifold { apply(.sinkhorn, tokens, thread) }
    case .allCoefficientsBackward:
      if kernels.kind == .manifold { apply(.sinkhornBackward, tokens, thread) }
      apply(.coefficientsBackward, tokens, thread)
      projectBackward(t, T, thread, into: tensors.gradXCoefficients, accumulate: false)
    case .merge where kernels.kind == .residual:
      streams.residual(
        stream(tensors.x, t), layer(tensors.y, t), T * C, stream(tensors.next, t), tensors.streaming ? 1 : 0)
    case .mergeBackward where kernels.kind == .residual:
      streams.residual(
        stream(tensors.gradNext, t), layer(tensors.gradU, t), T * C, stream(tensors.gradX, t), tensors.streaming ? 1 : 0
      )
    case .mergeSum: add(tensors.res, tensors.post, into: tensors.next, t, T)
    case .accumulatePre: add(tensors.gradX, tensors.gradXPre, into: tensors.gradX, t, T)
    case .accumulateCoefficients: add(tensors.gradX, tensors.gradXCoefficients, into: tensors.gradX, t, T)
    default:
      if let state = tensors.state { applyWithState(operation, state, t, T, thread) }
    }
  }

  private func add(
    _ one: UnsafeMutableRawPointer?, _ other: UnsafeMutableRawPointer?, into result: UnsafeMutableRawPointer?, _ t: Int,
    _ T: Int
  ) {
    streams.add(stream(one, t), stream(other, t), T * n * C, stream(result, t))
  }

  private func applyWithState(
    _ operation: ConnectionOperation, _ state: CoefficientState, _ t: Int, _ T: Int, _ thread: Int
  ) {
    guard let sizes else { return }
    let (x, mixing) = (stream(tensors.x, t), state.mixing + t * n * n)
    let (pre, post) = (state.pre + t * n, state.post + t * n)
    switch operation {
    case .project:
      withUnsafePointer(to: convention) { convention in
        streams.project(
          x, scratch?.packedForward, T * sizes.rows, sizes.inputs, sizes.outputs, convention,
          state.projection + t * sizes.projections, state.root + t * sizes.rows)
      }
    case .coefficients: coefficients(state, t, T)
    case .sinkhorn:
      withUnsafePointer(to: convention) { table.sinkhorn(mixing, T, n, $0, mixing) }
    case .preMix: streams.premix(x, pre, T, n, C, u(t, thread))
    case .post: streams.post(y(t, thread), post, T, n, C, stream(tensors.post, t))
    case .resMix: streams.resmix(x, mixing, T, n, C, orientation, stream(tensors.res, t))
    case .merge:
      streams.merge(
        x, y(t, thread), mixing, post, T, n, C, orientation, stream(tensors.next, t), tensors.streaming ? 1 : 0)
    default:
      if let gradients = tensors.gradients { applyBackward(operation, state, gradients, t, T, thread) }
    }
  }

  /// The projection of some tokens, and meanwhile pre-mix and merge of others.
  func project(_ tokens: Range<Int>, mixing others: Range<Int>, _ thread: Int) {
    guard let sizes, let state = tensors.state else { return }
    let (t, s) = (tokens.lowerBound, others.lowerBound)
    let mixing = mhck_mixing(
      x: stream(tensors.x, s), h_pre: state.pre + s * n, H: state.mixing + s * n * n, h_post: state.post + s * n,
      T: others.count, n: n, C: C, o: orientation, out: stream(tensors.next, s), streaming: tensors.streaming ? 1 : 0,
      u: u(s, thread))
    withUnsafePointer(to: convention) { convention in
      withUnsafePointer(to: mixing) { mixing in
        streams.project_mixing(
          stream(tensors.x, t), scratch?.packedForward, tokens.count * sizes.rows, sizes.inputs, sizes.outputs,
          convention, state.projection + t * sizes.projections, state.root + t * sizes.rows, mixing)
      }
    }
  }

  /// Pre-mix, and the gradients of merge and pre-mix, of some tokens: of a tile that is `odd`, or not.
  ///
  /// - Returns: what mixing and H_pre add to ∂x, where the kernel made it on the way instead of u and ∂u.
  func gradients(_ tokens: Range<Int>, odd: Bool, _ thread: Int) -> UnsafeMutablePointer<Float>? {
    guard var of = gradientsCall(tokens, odd: odd, thread) else { return nil }
    return streams.gradients(&of) != 0 ? of.sums : nil
  }

  private func gradientsCall(_ tokens: Range<Int>, odd: Bool, _ thread: Int) -> mhck_gradients? {
    guard let state = tensors.state, let gradients = tensors.gradients else { return nil }
    let t = tokens.lowerBound
    return mhck_gradients(
      g: stream(tensors.gradNext, t), x: stream(tensors.x, t), h_pre: state.pre + t * n, h_post: state.post + t * n,
      H: state.mixing + t * n * n, T: tokens.count, n: n, C: C, o: orientation, u: u(t, thread), du: gradU(t, thread),
      sums: scratch?.tileSums(thread, odd: odd), dpre: gradients.pre + t * n, dpost: gradients.post + t * n,
      dH: gradients.mixing + t * n * n)
  }

  /// ∂x of some tokens.
  ///
  /// - Parameters:
  ///   - tokens: a tile, or all.
  ///   - sums: what ``gradients(_:odd:_:)`` has made of the same.
  ///   - next: tokens whose gradients are made meanwhile.
  ///   - odd: whether those are an odd tile.
  ///   - thread: the thread that calls.
  /// - Returns: what that returns for them.
  @discardableResult
  func streamBackward(
    _ tokens: Range<Int>, sums: UnsafeMutablePointer<Float>?, next: Range<Int>? = nil, odd: Bool = false, _ thread: Int
  ) -> UnsafeMutablePointer<Float>? {
    guard let sizes, let scratch, let state = tensors.state, let gradients = tensors.gradients else { return nil }
    let t = tokens.lowerBound
    func call(_ of: UnsafePointer<mhck_gradients>?) -> Bool {
      streams.stream_backward(
        stream(tensors.gradNext, t), stream(tensors.x, t), gradU(t, thread), state.mixing + t * n * n,
        state.pre + t * n, sums, gradients.projection + t * sizes.projections, gradients.along + t * sizes.rows,
        scratch.packedBackward, tokens.count, n, C, sizes.rows, sizes.outputs, orientation, stream(tensors.gradX, t),
        tensors.streaming ? 1 : 0, scratch.weights(thread), of) != 0
    }
    guard let next, var of = gradientsCall(next, odd: odd, thread) else {
      _ = call(nil)
      return nil
    }
    return call(&of) ? of.sums : nil
  }

  private func coefficients(_ state: CoefficientState, _ t: Int, _ T: Int) {
    guard let sizes else { return }
    let (p, r) = (state.projection + t * sizes.projections, state.root + t * sizes.rows)
    let (pre, post, mixing) = (state.pre + t * n, state.post + t * n, state.mixing + t * n * n)
    if kernels.kind == .hyper {
      table.hyper_coefficients(p, r, alpha, bias, T, n, orientation, pre, post, mixing)
    } else {
      // The logits stand where H_res will be; Sinkhorn works in place.
      withUnsafePointer(to: convention) { table.coefficients(p, r, alpha, bias, T, n, $0, pre, post, mixing) }
    }
  }

  private func applyBackward(
    _ operation: ConnectionOperation, _ state: CoefficientState, _ gradients: CoefficientGradients, _ t: Int, _ T: Int,
    _ thread: Int
  ) {
    let (x, g) = (stream(tensors.x, t), stream(tensors.gradNext, t))
    let (pre, post, mixing) = (state.pre + t * n, state.post + t * n, state.mixing + t * n * n)
    let (gradPre, gradPost) = (gradients.pre + t * n, gradients.post + t * n)
    let (gradMixing, gradX) = (gradients.mixing + t * n * n, stream(tensors.gradX, t))
    switch operation {
    case .mergeBackward, .mergeGradients:
      streams.merge_backward(
        g, x, y(t, thread), mixing, post, T, n, C, orientation, operation == .mergeBackward ? gradX : nil,
        gradY(t, thread), gradMixing, gradPost)
    case .resMixBackward: streams.resmix_backward(g, x, mixing, T, n, C, orientation, gradX, gradMixing)
    case .postBackward: streams.post_backward(g, y(t, thread), post, T, n, C, gradY(t, thread), gradPost)
    case .preMixBackward:
      streams.premix_backward(gradU(t, thread), x, pre, T, n, C, 0, stream(tensors.gradXPre, t), gradPre)
    case .preMixBackwardInPlace: streams.premix_backward(gradU(t, thread), x, pre, T, n, C, 1, gradX, gradPre)
    case .preMixGradients: streams.premix_backward(gradU(t, thread), x, pre, T, n, C, 0, nil, gradPre)
    case .sinkhornBackward, .coefficientsBackward: coefficientsBackward(operation, state, gradients, t, T, thread)
    case .projectBackward: projectBackward(t, T, thread, into: tensors.gradX, accumulate: true)
    case .streamBackward: streamBackward(t..<t + T, sums: nil, thread)
    default: break
    }
  }

  private func coefficientsBackward(
    _ operation: ConnectionOperation, _ state: CoefficientState, _ gradients: CoefficientGradients, _ t: Int, _ T: Int,
    _ thread: Int
  ) {
    guard let sizes, let scratch else { return }
    let (p, r) = (state.projection + t * sizes.projections, state.root + t * sizes.rows)
    let (gradPre, gradPost, gradMixing) = (gradients.pre + t * n, gradients.post + t * n, gradients.mixing + t * n * n)
    let (back, along) = (gradients.projection + t * sizes.projections, gradients.along + t * sizes.rows)
    let sums = scratch.sums(thread)
    withUnsafePointer(to: convention) { convention in
      if operation == .sinkhornBackward {
        table.sinkhorn_backward(
          p, r, alpha, bias, gradMixing, T, n, convention, scratch.tape(thread), gradients.logits + t * n * n)
      } else if kernels.kind == .hyper {
        table.hyper_coefficients_backward(
          p, r, alpha, gradPre, gradPost, gradMixing, T, n, C, convention, orientation, back, along, sums,
          sums + sizes.scales)
      } else {
        table.coefficients_backward(
          p, r, alpha, bias, gradPre, gradPost, gradients.logits + t * n * n, T, n, sizes.inputs, convention, back,
          along, sums,
          sums + sizes.scales)
      }
    }
  }

  private func projectBackward(
    _ t: Int, _ T: Int, _ thread: Int, into gradX: UnsafeMutableRawPointer?, accumulate: Bool
  ) {
    guard let sizes, let scratch, let gradients = tensors.gradients else { return }
    streams.project_backward(
      stream(tensors.x, t), gradients.projection + t * sizes.projections, gradients.along + t * sizes.rows,
      scratch.packedBackward, T * sizes.rows, sizes.inputs / C, C, sizes.outputs, accumulate ? 1 : 0,
      stream(gradX, t), scratch.weights(thread))
  }
}
