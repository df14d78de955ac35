/// Runs single operations of one connection, each over all tokens, for those who time them.
///
/// It holds every tensor that any operation needs, filled with numbers of ordinary size, so that an operation can be
/// run alone, in any order, as often as wanted.
public final class OperationRunner {
  /// The connection's sizes.
  public let shape: LayerShape
  private let kernels: ConnectionKernels
  private let parameters: ConnectionParameters?
  private let scratch: ConnectionScratch?
  private var tensors = ConnectionTensors()
  private let arena: Arena
  private var streams: [Streams] = []
  private var floats: [Region<Float>] = []

  /// A runner with tensors of its own.
  /// - Throws: ``RuntimeError`` for a residual of more than one stream, or without room.
  public init(
    _ kind: ConnectionKind, _ shape: LayerShape, _ convention: Convention, format: StreamFormat = .float32,
    variant: KernelVariant = .best, team: ThreadTeam = .single, streaming: Bool, arena: Arena
  ) throws(RuntimeError) {
    guard kind != .residual || shape.streams == 1 else {
      throw .invalid("streams", expected: "1 with a residual connection", found: "\(shape.streams)")
    }
    try convention.check()
    self.shape = shape
    self.arena = arena
    kernels = ConnectionKernels(
      kind: kind, shape: shape, convention: convention, format: format, variant: variant, team: team)
    if let sizes = ConnectionSizes(kind, shape) {
      let made = try ConnectionParameters(sizes, arena: arena)
      for index in 0..<made.values.count { made.values.base[index] = Float(index % 13) * 0.01 - 0.06 }
      parameters = made
      let space = try ConnectionScratch(sizes, shape, iterations: convention.iterations, team: team, arena: arena)
      space.packForward(made, kernels)
      space.packBackward(made, kernels)
      scratch = space
    } else {
      (parameters, scratch) = (nil, nil)
    }
    tensors.streaming = streaming
    try fill()
  }

  deinit {
    streams.forEach { $0.release() }
    floats.forEach { arena.release($0) }
  }

  private func fill() throws(RuntimeError) {
    func stream() throws(RuntimeError) -> UnsafeMutableRawPointer {
      let made = try Streams(arena, .transient, shape, kernels.format)
      for index in 0..<made.count { made[index] = Float(index % 29) * 0.125 - 1.75 }
      streams.append(made)
      return made.base
    }
    func float(_ count: Int) throws(RuntimeError) -> UnsafeMutablePointer<Float> {
      let made: Region<Float> = try arena.allocate(.transient, count)
      for index in 0..<count { made.base[index] = Float(index % 17) * 0.0625 + 0.25 }
      floats.append(made)
      return made.base
    }
    tensors.x = try stream()
    tensors.next = try stream()
    tensors.gradNext = try stream()
    tensors.gradX = try stream()
    tensors.y = try float(shape.tokens * shape.channels)
    tensors.u = try float(shape.tokens * shape.channels)
    tensors.gradU = try float(shape.tokens * shape.channels)
    tensors.gradY = try float(shape.tokens * shape.channels)
    guard let sizes = scratch?.sizes else { return }
    tensors.post = try stream()
    tensors.res = try stream()
    tensors.gradXPre = try stream()
    tensors.gradXCoefficients = try stream()
    tensors.state = CoefficientState(try float(shape.tokens * CoefficientState.floats(sizes)), sizes, shape)
    var gradients = CoefficientGradients(
      try float(shape.tokens * CoefficientGradients.floats(sizes)), sizes, shape)
    // In place every run would begin with what the one before has left, smaller each time, and of a sum of a number for each
    // row and one for each column nothing is left after a few of Sinkhorn's steps: either way numbers become subnormal on
    // the way to zero, which takes 6 to 17 times as long on Intel's processors.
    let count = shape.tokens * shape.streams * shape.streams
    gradients.logits = try float(count)
    for index in 0..<count { gradients.mixing[index] = Float(index * index % 23) * 0.0625 - 0.5 }
    tensors.gradients = gradients
  }

  /// Runs one operation over all tokens; nothing for one that the connection does not have.
  public func run(_ operation: ConnectionOperation) {
    guard kernels.kind != .residual || operation == .merge || operation == .mergeBackward else { return }
    kernels.run([operation], tiled: false, tensors, parameters, scratch)
  }

  /// Runs these operations on one tile of tokens after the other.
  public func runTiled(_ operations: [ConnectionOperation]) {
    kernels.run(operations, tiled: true, tensors, parameters, scratch)
  }
}
