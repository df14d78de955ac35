import CostModel
import LayerRuntime
import Measurement
import Quantities

/// One training step of a stack as work: the operations of ``LayerStack``, in its order, on its memory.
struct StepWork {
  private let c: LayerStack.Configuration
  private let connection: ConnectionWork
  private let plan: ConnectionPlan
  private let sizes: [Int]
  private var pool = StepMemory()
  private(set) var works: [Work] = []

  /// What one layer holds.
  private struct Layer {
    var x, u, z, inverse, y, saved, H: String?
  }
  private var layers: [Layer]

  /// The operations of one step.
  /// - Throws: ``RuntimeError`` for blocks that do not add up.
  static func works(_ configuration: LayerStack.Configuration) throws -> [Work] {
    var step = try StepWork(configuration)
    try step.run()
    return step.works.map { step.pool.placed($0) }
  }

  /// Bytes that a step's memory reaches up to, where so many are in use before it.
  static func reach(_ configuration: LayerStack.Configuration, from start: Int) throws -> Int {
    var step = try StepWork(configuration)
    step.pool = StepMemory(from: start)
    try step.run()
    return step.pool.reach
  }

  private init(_ c: LayerStack.Configuration) throws {
    self.c = c
    let bytes = c.shape.tokens * c.shape.streamElements * c.format.bytes
    connection = ConnectionWork(
      c.connection, c.shape, c.convention, c.format, threads: c.team.count,
      streaming: bytes >= ConnectionLayer.streamingBytes, variant: c.variant)
    plan = ConnectionPlan(c.connection, c.implementation, channels: c.shape.channels)
    sizes = if case .blocks(let sizes) = c.blocks { sizes } else { [c.functions.count] }
    layers = .init(repeating: Layer(), count: c.functions.count)
  }

  private var T: Int { c.shape.tokens }
  private var C: Int { c.shape.channels }
  private var isStored: Bool { c.blocks == .stored }
  private var isResidual: Bool { c.connection == .residual }
  private var streamBytes: Int { T * c.shape.streamElements * c.format.bytes }

  private func function(_ index: Int) -> FunctionWork {
    FunctionWork(
      kind: c.functions[index], shape: c.shape, threads: c.team.count, weights: "function weights \(index)",
      gradients: "function gradients \(index)")
  }

  private mutating func run() throws {
    var x = pool.take(streamBytes)
    works.append(copy("input", x))
    var index = 0
    for size in sizes {
      for place in 0..<size {
        x = try forward(index, x, keepsStream: isStored || place == 0)
        index += 1
      }
    }
    // The loss, on one thread.
    var loss = Work(name: "loss", threads: 1)
    loss.touches = [.read(x, Double(streamBytes))]
    if c.format == .float32 {
      var pass = ElementwisePass(count: T * c.shape.streamElements, reads: 1, writes: 0)
      pass.multiplyAdds = 1
      loss.walk(pass, [x])
    }
    loss.vector = [.multiplyAdd: Double(T * c.shape.streamElements)]
    if c.format == .bfloat16 { loss.vector[.widening] = Double(T * c.shape.streamElements) }
    works.append(loss)
    var end = layers.count
    for size in sizes.reversed() {
      if !isStored { try recompute(end - size..<end) }
      for index in (end - size..<end).reversed() { x = try backward(index, x) }
      end -= size
    }
  }

  /// A copy of streams, on one thread.
  private func copy(_ from: String, _ to: String) -> Work {
    var work = Work(name: "copy", threads: 1)
    work.touches = [.read(from, Double(streamBytes)), .write(to, Double(streamBytes))]
    work.arrays = 2
    (work.action, work.operands) = (.copy(Bytes(streamBytes)), [.init(from), .init(to)])
    return work
  }

  // MARK: Forward

  private mutating func forward(_ index: Int, _ x: String, keepsStream: Bool) throws -> String {
    layers[index].x = x
    layers[index].y = pool.take(4 * T * C)
    try enter(index, again: false)
    let kept = pool.take(savedBytes(index))
    layers[index].saved = kept
    let scratch = pool.take(scratchBytes(index))
    works += function(index).forward(z: input(index), saved: kept, scratch: scratch, y: layers[index].y ?? "")
    pool.give(scratch)
    if !isStored { leave(index) }
    let next = pool.take(streamBytes)
    try after(index, next)
    if !keepsStream {
      pool.give(x)
      layers[index].x = nil
    }
    return next
  }

  private func input(_ index: Int) -> String { layers[index].z ?? layers[index].u ?? "" }

  private func names(_ index: Int) -> [String: String] {
    let layer = layers[index]
    let pairs = [("x", layer.x), ("u", layer.u), ("y", layer.y), ("H", layer.H)]
    return Dictionary(uniqueKeysWithValues: pairs.compactMap { pair in pair.1.map { (pair.0, $0) } })
  }

  private mutating func enter(_ index: Int, again: Bool) throws {
    guard let x = layers[index].x else { return }
    if isResidual, c.format == .float32 {
      layers[index].u = x
    } else {
      let u = pool.take(4 * T * C)
      layers[index].u = u
      if layers[index].H == nil, let bytes = coefficientBytes { layers[index].H = pool.take(bytes) }
      if isResidual {
        works += connection.widen(x, u)
      } else if again, c.keepsCoefficients {
        works += try connection.works([.preMix], tiled: plan.isTiled, names: names(index))
      } else {
        works += connection.packing(backward: false, layer: " \(index)")
        works += try connection.works(plan.before, tiled: plan.isTiled, names: names(index))
      }
    }
    guard c.hasPreNorm else { return }
    let z = pool.take(4 * T * C)
    layers[index].z = z
    layers[index].inverse = pool.take(4 * T)
    works.append(function(index).norm(u: layers[index].u ?? "", z: z))
  }

  private mutating func leave(_ index: Int) {
    let layer = layers[index]
    if let u = layer.u, u != layer.x { pool.give(u) }
    [layer.z, layer.inverse].forEach { $0.map { pool.give($0) } }
    (layers[index].u, layers[index].z, layers[index].inverse) = (nil, nil, nil)
  }

  private mutating func after(_ index: Int, _ next: String) throws {
    let space = plan.after.contains(.post) ? [pool.take(streamBytes), pool.take(streamBytes)] : []
    var names = names(index)
    names["x'"] = next
    if space.count == 2 { (names["post"], names["res"]) = (space[0], space[1]) }
    works += try connection.works(plan.after, tiled: plan.isTiled, names: names)
    space.forEach { pool.give($0) }
  }

  // MARK: Backward

  private mutating func recompute(_ block: Range<Int>) throws {
    for index in block {
      try enter(index, again: true)
      guard index + 1 < block.upperBound else { break }
      let next = pool.take(streamBytes)
      layers[index + 1].x = next
      try after(index, next)
    }
  }

  private mutating func backward(_ index: Int, _ gradNext: String) throws -> String {
    let (gradX, gradient) = (pool.take(streamBytes), pool.take(4 * T * C))
    let ofCoefficients = coefficientBytes.map { pool.take($0) }
    var names = names(index)
    (names["grad x'"], names["grad x"], names["grad y"], names["grad u"]) = (gradNext, gradX, gradient, gradient)
    if isResidual { works += connection.widen(gradNext, gradient) }
    if !isResidual { works += connection.packing(backward: true, layer: " \(index)") }
    works += try connection.works(plan.backwardBefore, tiled: plan.isTiled, names: names)
    let scratch = pool.take(scratchBytes(index))
    works += function(index).backward(
      z: input(index), saved: layers[index].saved ?? "", scratch: scratch, gradient: gradient)
    pool.give(scratch)
    if c.hasPreNorm { works.append(function(index).normBackward(gradient: gradient, u: layers[index].u ?? "")) }
    let space = plan.backwardAfter.contains(.accumulatePre) ? [pool.take(streamBytes), pool.take(streamBytes)] : []
    if space.count == 2 { (names["grad x, pre"], names["grad x, coef"]) = (space[0], space[1]) }
    works += try connection.works(plan.backwardAfter, tiled: plan.isTiled, names: names)
    space.forEach { pool.give($0) }
    if !isResidual { works += connection.addingSums(layer: " \(index)") }
    [ofCoefficients, gradient, gradNext].forEach { $0.map { pool.give($0) } }
    drop(index)
    return gradX
  }

  private mutating func drop(_ index: Int) {
    leave(index)
    let layer = layers[index]
    [layer.x, layer.y, layer.saved, layer.H].forEach { $0.map { pool.give($0) } }
    layers[index] = Layer()
  }

  /// Bytes of the coefficients of all tokens and what they were made from; their gradients take as many.
  private var coefficientBytes: Int? {
    ConnectionSizes(c.connection, c.shape).map { 4 * T * ($0.rows * $0.outputs + $0.rows + $0.coefficients) }
  }

  private func savedBytes(_ index: Int) -> Int {
    switch c.functions[index] {
    case .identity: 0
    case .gelu(let hidden): 4 * T * hidden
    case .swiGLU(let hidden): 8 * T * hidden
    case .attention: 16 * T * C
    }
  }

  private func scratchBytes(_ index: Int) -> Int {
    switch c.functions[index] {
    case .identity: 0
    case .gelu(let hidden): 8 * T * hidden
    case .swiGLU(let hidden): 12 * T * hidden
    case .attention: 16 * T * C + 8 * T * T
    }
  }
}
