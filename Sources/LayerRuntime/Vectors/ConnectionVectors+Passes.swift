// The two ways to run the vectors: the reference, and the kernels.

extension ConnectionVectors {
  typealias Pass = [String: [Double]]

  /// All layers by the reference.
  func referencePasses() throws(RuntimeError) -> [Pass] {
    var connections: [ReferenceConnection<Double>] = []
    var passes: [Pass] = []
    var streams = x
    for layer in layers {
      let connection = try ReferenceConnection<Double>(
        .manifold, shape, convention, x: streams, phi: layer.phi, alpha: layer.alpha, bias: layer.bias)
      connection.run(connection.rowsBeforeLayer)
      let u = connection.tensor("u").doubles
      let y = function(u, layer.weight)
      for (index, value) in y.enumerated() { connection.y[index] = value }
      connection.run(connection.rowsAfterLayer)
      streams = connection.tensor("x'").doubles
      connections.append(connection)
      passes.append(["mid.u": u, "mid.y": y, "out.X_next": streams])
    }
    var gradient = gradOut
    for (index, connection) in connections.enumerated().reversed() {
      for (place, value) in gradient.enumerated() { connection.gradNext[place] = value }
      connection.run(connection.backwardRowsBeforeLayer)
      let gradY = connection.tensor("grad y").doubles
      let back = functionBackward(
        u: passes[index]["mid.u"] ?? [], y: passes[index]["mid.y"] ?? [], gradY: gradY, layers[index].weight)
      for (place, value) in back.u.enumerated() { connection.gradU[place] = value }
      connection.run(connection.backwardRowsAfterLayer)
      gradient = connection.tensor("grad x").doubles
      passes[index]["grad_mid.u"] = back.u
      passes[index]["grad_mid.y"] = gradY
      passes[index]["grad.W"] = back.weight
      let names = [
        ("mid.h_pre", "H_pre"), ("mid.h_post", "H_post"), ("mid.H", "H_res"), ("mid.logits", "logits"),
        ("grad_mid.h_pre", "grad H_pre"), ("grad_mid.h_post", "grad H_post"), ("grad_mid.H", "grad H_res"),
        ("grad_mid.logits", "grad logits"), ("grad.X", "grad x"), ("grad.fn", "grad phi"),
        ("grad.alpha", "grad alpha"), ("grad.bias", "grad b"),
      ]
      for (name, tensor) in names { passes[index][name] = connection.tensor(tensor).doubles }
    }
    return passes
  }

  /// All layers by the kernels, in float32.
  func kernelPasses(_ implementation: Implementation, _ variant: KernelVariant) throws(RuntimeError) -> [Pass] {
    let arena = try Arena()
    var held: [(layer: ConnectionLayer, x: Streams, u: Region<Float>, y: Region<Float>)] = []
    var passes: [Pass] = []
    var streams = try Streams(arena, .transient, shape, .float32)
    try streams.set(x.map { Float($0) })
    for layer in layers {
      let connection = try ConnectionLayer(
        .manifold, shape, convention, implementation, variant: variant, arena: arena)
      try connection.parameters?.set(
        phi: layer.phi.map { Float($0) }, alpha: layer.alpha.map { Float($0) }, bias: layer.bias.map { Float($0) })
      let u: Region<Float> = try arena.allocate(.transient, shape.tokens * shape.channels)
      let y: Region<Float> = try arena.allocate(.layerOutput, shape.tokens * shape.channels)
      let next = try Streams(arena, .transient, shape, .float32)
      try connection.before(x: streams, u: u)
      for (index, value) in function(doubles(u), layer.weight).enumerated() { y.base[index] = Float(value) }
      try connection.after(x: streams, y: y, next: next)
      passes.append(["mid.u": doubles(u), "mid.y": doubles(y), "out.X_next": next.values.map { Double($0) }])
      held.append((connection, streams, u, y))
      streams = next
    }
    try streams.set(gradOut.map { Float($0) })
    for index in layers.indices.reversed() {
      let (connection, x, u, y) = held[index]
      streams = try backward(connection, x: x, u: u, y: y, gradNext: streams, index, arena, &passes[index])
    }
    return passes
  }

  private func backward(
    _ connection: ConnectionLayer, x: Streams, u: Region<Float>, y: Region<Float>, gradNext: Streams, _ index: Int,
    _ arena: Arena, _ pass: inout Pass
  ) throws(RuntimeError) -> Streams {
    let (T, n) = (shape.tokens, shape.streams)
    let gradX = try Streams(arena, .gradient, shape, .float32)
    let gradY: Region<Float> = try arena.allocate(.gradient, T * shape.channels)
    let buffer = try connection.gradientBuffer()
    guard let gradients = buffer?.gradients, let parameters = connection.parameters else { return gradX }
    try connection.backwardBefore(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradY, gradients)
    pass["grad_mid.y"] = doubles(gradY)
    pass["grad_mid.H"] = doubles(gradients.mixing, T * n * n)
    let back = functionBackward(u: doubles(u), y: doubles(y), gradY: doubles(gradY), layers[index].weight)
    for (place, value) in back.u.enumerated() { gradY.base[place] = Float(value) }
    try connection.backwardAfter(x: x, gradU: gradY, gradNext: gradNext, gradX: gradX, gradients)
    pass["grad_mid.u"] = back.u
    pass["grad.W"] = back.weight
    pass["grad_mid.h_pre"] = doubles(gradients.pre, T * n)
    pass["grad_mid.h_post"] = doubles(gradients.post, T * n)
    // The backward of Sinkhorn leaves its result where the gradient of H_res was.
    pass["grad_mid.logits"] = doubles(gradients.mixing, T * n * n)
    pass["grad.X"] = gradX.values.map { Double($0) }
    pass["grad.fn"] = doubles(parameters.gradPhi, parameters.sizes.weights)
    pass["grad.alpha"] = doubles(parameters.gradAlpha, 3)
    pass["grad.bias"] = doubles(parameters.gradBias, parameters.sizes.coefficients)
    if let made = connection.coefficients {
      pass["mid.h_pre"] = made.pre.map { Double($0) }
      pass["mid.h_post"] = made.post.map { Double($0) }
      pass["mid.H"] = made.mixing.map { Double($0) }
    }
    pass["mid.logits"] = connection.logits.map { Double($0) }
    return gradX
  }

  private func doubles(_ region: Region<Float>) -> [Double] { region.elements.map { Double($0) } }
  private func doubles(_ base: UnsafeMutablePointer<Float>, _ count: Int) -> [Double] {
    (0..<count).map { Double(base[$0]) }
  }
}
