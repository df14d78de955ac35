import LayerRuntime
import Testing

@Suite struct LayerStackTests {
  static func configuration(
    _ kind: ConnectionKind, _ implementation: Implementation, _ functions: [LayerFunctionKind], tokens: Int = 19,
    streams: Int = 4, channels: Int = 16
  ) throws -> LayerStack.Configuration {
    let shape = try LayerShape(tokens: tokens, streams: kind == .residual ? 1 : streams, channels: channels)
    var configuration = LayerStack.Configuration(kind, shape, .deepSeekV4, implementation, functions: functions)
    configuration.team = try ThreadTeam(2)
    return configuration
  }

  struct Outcome: Equatable {
    var loss: Double
    var gradients: [UInt32]
    var gradX: [UInt32]
  }

  /// One step and what it gives, to the bit.
  static func outcome(_ configuration: LayerStack.Configuration) throws -> Outcome {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let stack = try LayerStack(configuration, arena: arena)
    let x = try input(configuration, arena)
    let gradient = try Streams(arena, .gradient, configuration.shape, configuration.format)
    let before = arena.totalBytes
    let loss = try stack.step(x, gradient: gradient)
    #expect(arena.totalBytes == before, "a step leaves nothing behind")
    return Outcome(
      loss: loss, gradients: stack.parameterGradients.map(\.bitPattern), gradX: gradient.values.map(\.bitPattern))
  }

  static func input(_ configuration: LayerStack.Configuration, _ arena: Arena) throws -> Streams {
    let x = try Streams(arena, .transient, configuration.shape, configuration.format)
    var numbers = TestNumbers(seed: 5)
    try x.set((0..<x.count).map { _ in Float(numbers.uniform(bfloat16: true)) })
    return x
  }

  struct Choice: CustomTestStringConvertible {
    var kind: ConnectionKind
    var implementation: Implementation
    var format: StreamFormat
    var testDescription: String { "\(kind.rawValue), \(implementation.rawValue), \(format.rawValue)" }
  }
  static let choices = ConnectionKind.allCases.flatMap { kind in
    [Implementation.unfused, .fused, .fastest].flatMap { implementation in
      StreamFormat.allCases.map { Choice(kind: kind, implementation: implementation, format: $0) }
    }
  }
  static let functions: [LayerFunctionKind] =
    OpenBLAS.isAvailable
    ? [.gelu(hidden: 24), .attention(heads: 2), .swiGLU(hidden: 20), .identity, .attention(heads: 4)]
    : [.identity, .identity, .identity, .identity, .identity]

  @Test(arguments: choices) func `recompute changes no bit of any gradient`(_ choice: Choice) throws {
    var configuration = try Self.configuration(choice.kind, choice.implementation, Self.functions)
    configuration.format = choice.format
    let expected = try Self.outcome(configuration)
    #expect(expected.loss.isFinite && expected.loss > 0)
    #expect(expected.gradients.contains { $0 != 0 })
    configuration.keepsCoefficients = false
    #expect(try Self.outcome(configuration) == expected, "a stack that stores everything keeps its coefficients")
    for blocks in [[1, 1, 1, 1, 1], [2, 2, 1], [5], [1, 3, 1], [4, 1]] {
      configuration.blocks = .blocks(blocks)
      for keeps in [true, false] {
        configuration.keepsCoefficients = keeps
        #expect(try Self.outcome(configuration) == expected, "blocks \(blocks), coefficients kept: \(keeps)")
      }
    }
  }

  @Test(.enabled(if: OpenBLAS.isAvailable), arguments: ConnectionKind.allCases, [0, 1, 2, 3])
  func `gradients agree with central differences of the loss in double precision`(
    _ kind: ConnectionKind, _ function: Int
  ) throws {
    let all: [LayerFunctionKind] = [.identity, .gelu(hidden: 12), .swiGLU(hidden: 10), .attention(heads: 2)]
    let configuration = try Self.configuration(
      kind, .fastest, [all[function], .identity], tokens: 5, streams: 2, channels: 8)
    let arena = try Arena(capacityBytes: testArenaBytes)
    let stack = try LayerStack(configuration, arena: arena)
    let x = try Self.input(configuration, arena)
    let gradX = try Streams(arena, .gradient, configuration.shape, .float32)
    let loss = try stack.step(x, gradient: gradX)
    let plain = PlainStack(configuration: configuration)
    let (parameters, values) = (stack.parameters.map { Double($0) }, x.values.map { Double($0) })
    #expect(abs(loss / (try plain.loss(parameters, x: values)) - 1) < 1e-6)

    let found = (stack.parameterGradients + gradX.values).map { Double($0) }
    let largest = found.reduce(0) { max($0, abs($1)) }
    // Every 7th scalar, one at a time: a wrong gradient of any tensor shows.
    for index in stride(from: 0, to: found.count, by: 7) {
      func loss(_ step: Double) throws -> Double {
        var (parameters, values) = (parameters, values)
        if index < parameters.count { parameters[index] += step } else { values[index - parameters.count] += step }
        return try plain.loss(parameters, x: values)
      }
      // Four points: the error is of the fourth order in the step.
      let difference = (try 8 * (loss(2e-4) - loss(-2e-4)) - (loss(4e-4) - loss(-4e-4))) / 24e-4
      #expect(abs(found[index] - difference) <= 1e-5 * largest, "scalar \(index)")
    }
  }

  @Test func `the arena's peak is what the tensors of one step add up to`() throws {
    // 6 identity layers around mHC, tokens 32, n 4, C 16, everything stored, fused, without norms.
    let (T, n, C, L) = (32, 4, 16, 6)
    var configuration = try Self.configuration(
      .manifold, .fused, [LayerFunctionKind](repeating: .identity, count: L), tokens: T, streams: n, channels: C)
    configuration.hasPreNorm = false
    let arena = try Arena(capacityBytes: testArenaBytes)
    let stack = try LayerStack(configuration, arena: arena)
    let x = try Self.input(configuration, arena)
    let held = arena.totalBytes
    arena.resetPeak()
    try stack.step(x)
    // Every layer: x, u, y and the coefficients with their projection and r. The last layer's backward then has the
    // last stream, the gradient of its own, one of C, and the gradients of the coefficients.
    let w = n * n + 2 * n
    let layer = n * C + 2 * C + (2 * w + 1)
    let back = 2 * n * C + C + (2 * w + 1)
    #expect(arena.peakBytes - held == 4 * T * (L * layer + back))
    #expect(arena.bytesAtPeak[.streamCheckpoint] == 4 * T * L * n * C)
    #expect(arena.bytesAtPeak[.layerOutput] == 4 * T * L * C)
  }

  @Test(arguments: [[6], [3, 3], [1, 2, 3], [1, 1, 1, 1, 1, 1]])
  func `with recompute the peak is that of the timeline`(_ blocks: [Int]) throws {
    let (T, n, C) = (32, 4, 16)
    var configuration = try Self.configuration(
      .manifold, .fused, [LayerFunctionKind](repeating: .identity, count: 6), tokens: T, streams: n, channels: C)
    configuration.blocks = .blocks(blocks)
    let arena = try Arena(capacityBytes: testArenaBytes)
    let stack = try LayerStack(configuration, arena: arena)
    let x = try Self.input(configuration, arena)
    let held = arena.totalBytes
    arena.resetPeak()
    try stack.step(x)
    // Block b of B, its last layer e, s layers: n b + e + n (s − 1) + 2 s channels, plus what this runtime has beside
    // the timeline: coefficients, 1/r of every norm in the block, the backward of one layer, and each thread's sum for
    // the norm's weight.
    let w = n * n + 2 * n
    var (peak, e) = (0, 0)
    for (b, s) in blocks.enumerated() {
      e += s
      let timeline = (n * (b + 1) + e + n * (s - 1) + 2 * s) * C
      let back = 2 * n * C + C + (2 * w + 1)
      peak = max(peak, timeline + e * (2 * w + 1) + s + back)
    }
    #expect(arena.peakBytes - held == 4 * (T * peak + configuration.team.count * C))
  }

  @Test func `a second step allocates nothing and gives the same gradients once more`() throws {
    var configuration = try Self.configuration(.manifold, .unfused, Self.functions)
    configuration.blocks = .blocks([2, 3])
    let arena = try Arena(capacityBytes: testArenaBytes)
    let stack = try LayerStack(configuration, arena: arena)
    let x = try Self.input(configuration, arena)
    try stack.step(x)
    let (first, touched, growths) = (stack.parameterGradients, arena.touchedBytes, arena.growths)
    stack.clearGradients()
    try stack.step(x)
    #expect(stack.parameterGradients == first)
    #expect(arena.touchedBytes == touched && arena.growths == growths)
  }
}
