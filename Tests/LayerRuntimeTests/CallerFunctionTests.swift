import LayerRuntime
import Testing

/// Connections around a layer function of the caller's, in four calls, against the reference around the same function.
@Suite struct CallerFunctionTests {
  typealias Choice = FastConnectionTests.Choice
  typealias Results = FastConnectionTests.Results

  /// One case by the reference, with the layer's input, ∂y and the gradients of the function's parameters.
  static func expected(_ test: TestCase, _ function: CallerFunction) throws -> Results {
    let reference = try test.reference(function)
    var results = FastConnectionTests.expected(test, reference)
    let (u, gradY) = (reference.made["u"]?.doubles ?? test.x, reference.made["grad y"]?.doubles ?? test.gradNext)
    (results["u"], results["grad y"]) = (u, gradY)
    results["grad F"] = function.backward(u: u, gradY: gradY).parameters
    return results
  }

  /// One case by the kernels; F(u) = u without a function.
  static func found(
    _ test: TestCase, _ function: CallerFunction?, _ choice: Choice, format: StreamFormat = .float32
  ) throws -> Results {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let layer = try ConnectionLayer(
      test.kind, test.shape, test.convention, choice.implementation, format: format, variant: choice.variant,
      team: try ThreadTeam(choice.threads), arena: arena)
    try layer.parameters?.set(
      phi: test.phi.map { Float($0) }, alpha: test.alpha.map { Float($0) }, bias: test.bias.map { Float($0) })
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, test.shape, format) }
    defer { streams.forEach { $0.release() } }
    let (x, gradNext, next, gradX) = (streams[0], streams[1], streams[2], streams[3])
    try x.set(test.x.map { Float($0) })
    try gradNext.set(test.gradNext.map { Float($0) })
    // What a call leaves out stays no number.
    for index in 0..<next.count { (next[index], gradX[index]) = (.nan, .nan) }
    let count = test.shape.tokens * test.shape.channels
    let u: Region<Float> = try arena.allocate(.transient, count)
    let gradY: Region<Float> = try arena.allocate(.gradient, count)
    // The caller's own memory, aligned to a number and no more.
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2 * count + 2)
    defer { memory.deallocate() }
    memory.initialize(repeating: .nan)
    let y = try Region(borrowing: UnsafeMutableBufferPointer(rebasing: memory[1..<count + 1]))
    let own = try Region(borrowing: UnsafeMutableBufferPointer(rebasing: memory[(count + 1)..<(2 * count + 1)]))
    [u, gradY].forEach { $0.elements.initialize(repeating: .nan) }
    func doubles(_ region: Region<Float>) -> [Double] { region.elements.map { Double($0) } }
    func set(_ region: Region<Float>, _ values: [Double]) {
      for (index, value) in values.enumerated() { region.base[index] = Float(value) }
    }

    try layer.preMix(x: x, u: u)
    let input = doubles(u)
    set(y, function?.forward(input) ?? input)
    try layer.merge(x: x, y: y, next: next)
    u.elements.update(repeating: .nan)
    try layer.preMixAgain(x: x, u: u)
    #expect(doubles(u) == input, "\(choice.testDescription)")

    let held = arena.totalBytes
    try layer.mergeBackward(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradY)
    let ofOutput = doubles(gradY)
    let back = function?.backward(u: input, gradY: ofOutput)
    // Where ∂y was, or elsewhere.
    let gradU = choice.threads == 1 ? gradY : own
    set(gradU, back?.u ?? ofOutput)
    try layer.preMixBackward(x: x, gradU: gradU, gradNext: gradNext, gradX: gradX)
    #expect(arena.totalBytes == held, "\(choice.testDescription)")
    #expect(memory[0].isNaN && memory[2 * count + 1].isNaN, "\(choice.testDescription)")

    var results = FastConnectionTests.results(of: layer, next: next, gradX: gradX)
    (results["u"], results["grad y"], results["grad F"]) = (input, ofOutput, back?.parameters ?? [])
    return results
  }

  static func test(_ kind: ConnectionKind, tokens: Int, streams: Int, channels: Int) throws -> TestCase {
    try TestCase(
      kind, tokens: tokens, streams: kind == .residual ? 1 : streams, channels: channels,
      kind == .hyper ? .paper : .deepSeekV4)
  }

  static let sizes = [(37, 4, 24), (9, 3, 19), (1, 1, 1)]

  @Test(arguments: ConnectionKind.allCases, [false, true])
  func `streams and all gradients agree with the reference around the same function`(
    _ kind: ConnectionKind, _ isDense: Bool
  ) throws {
    for (tokens, streams, channels) in Self.sizes {
      let test = try Self.test(kind, tokens: tokens, streams: streams, channels: channels)
      let function = CallerFunction(channels: channels, isDense: isDense)
      let expected = try Self.expected(test, function)
      for choice in FastConnectionTests.choices {
        let found = try Self.found(test, function, choice)
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, values) in expected {
          #expect(relativeError(found[name] ?? [], values) <= 1e-5, "\(name), \(tokens), \(choice.testDescription)")
        }
      }
    }
  }

  @Test(arguments: ConnectionKind.allCases, [false, true])
  func `bfloat16 streams are rounded where they are stored, and nothing else is`(
    _ kind: ConnectionKind, _ isDense: Bool
  ) throws {
    var test = try Self.test(kind, tokens: 37, streams: 4, channels: 24)
    var numbers = TestNumbers(seed: 11)
    test.x = test.x.map { _ in numbers.uniform(bfloat16: true) }
    test.gradNext = test.gradNext.map { _ in numbers.uniform(bfloat16: true) }
    let function = CallerFunction(channels: 24, isDense: isDense)
    let expected = try Self.expected(test, function)
    for choice in FastConnectionTests.choices {
      let found = try Self.found(test, function, choice, format: .bfloat16)
      for (name, values) in expected {
        // As in BFloat16Tests; a residual stores one sum.
        let isUnfused = choice.implementation == .unfused && kind != .residual
        let roundings: Double =
          switch name {
          case "x'": isUnfused ? 3 : 1
          case "grad x": isUnfused ? 5 : kind == .residual ? 1 : 3
          default: 0
          }
        let tolerance = roundings * BFloat16Tests.rounding + 1e-5
        #expect(relativeError(found[name] ?? [], values) <= tolerance, "\(name), \(choice.testDescription)")
      }
    }
  }

  @Test(arguments: ConnectionKind.allCases) func `F(u) = u in four calls is F(u) = u in two`(_ kind: ConnectionKind)
    throws
  {
    for (tokens, streams, channels) in Self.sizes {
      let test = try Self.test(kind, tokens: tokens, streams: streams, channels: channels)
      for choice in FastConnectionTests.choices {
        let found = try Self.found(test, nil, choice)
        for (name, values) in try FastConnectionTests.found(test, choice) {
          #expect(relativeError(found[name] ?? [], values) <= 1e-6, "\(name), \(tokens), \(choice.testDescription)")
        }
      }
    }
  }

  /// Differences of a forward pass know nothing of how the reference goes backward.
  @Test(arguments: ConnectionKind.allCases) func `the gradient of streams is that of differences`(
    _ kind: ConnectionKind
  ) throws {
    let test = try Self.test(kind, tokens: 2, streams: 3, channels: 5)
    let function = CallerFunction(channels: 5, isDense: true)
    func loss(_ x: [Double]) throws -> Double {
      var moved = test
      moved.x = x
      let next = try moved.reference(function).made["x'"]?.doubles ?? []
      return zip(next, test.gradNext).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let step = 1e-5
    let expected = try test.x.indices.map { index in
      var (up, down) = (test.x, test.x)
      up[index] += step
      down[index] -= step
      return (try loss(up) - loss(down)) / (2 * step)
    }
    for choice in FastConnectionTests.choices {
      let found = try Self.found(test, function, choice)["grad x"] ?? []
      #expect(relativeError(found, expected) <= 1e-5, "\(choice.testDescription)")
    }
  }
}
