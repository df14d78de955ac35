import LayerRuntime
import Measurement

/// A case with its tensors, ready to be run again and again.
final class RunningCase {
  /// One run.
  let run: () throws -> Void
  private let release: () -> Void
  /// Whether a run leaves nothing in a cache that the next one finds.
  private let isCold: Bool

  init(_ c: TimeCase) throws {
    let arena = try Arena()
    switch c.subject {
    case .operation(let operation):
      let runner = try Self.runner(c, arena)
      (run, release) = ({ runner.run(operation) }, {})
    case .recompute:
      let runner = try Self.runner(c, arena)
      let after = ConnectionPlan(c.connection, c.implementation, channels: c.shape.channels).after
      (run, release) = ({ ([.preMix] + after).forEach { runner.run($0) } }, {})
    case .forward, .backward:
      let layer = try ConnectionLayer(
        c.connection, c.shape, .deepSeekV4, c.implementation, format: c.format, team: c.team, arena: arena)
      let sizes = ConnectionSizes(c.connection, c.shape)
      try layer.parameters?.set(
        phi: (0..<(sizes?.weights ?? 0)).map { Float($0 % 31) * 0.001 - 0.015 }, alpha: [1, 0.9, 1.1],
        bias: (0..<(sizes?.coefficients ?? 0)).map { Float($0) * 0.01 })
      let streams = try (0..<3).map { _ in try Streams(arena, .transient, c.shape, c.format) }
      for stream in streams { Self.fill(stream) }
      try layer.forwardIdentity(x: streams[0], next: streams[1])
      if c.subject == .forward {
        run = { try layer.forwardIdentity(x: streams[0], next: streams[1]) }
      } else {
        run = { try layer.backwardIdentity(x: streams[0], gradNext: streams[1], gradX: streams[2]) }
      }
      release = { streams.forEach { $0.release() } }
    case .step(let stackCase):
      let stack = try LayerStack(stackCase.configuration, arena: arena)
      let input = try Streams(arena, .scratch, c.shape, c.format)
      Self.fill(input)
      run = { try stack.step(input) }
      release = { input.release() }
      try run()
    }
    if case .step = c.subject { isCold = arena.touchedBytes >= PassProbe.coldBytes } else { isCold = false }
  }

  deinit { release() }

  private static func runner(_ c: TimeCase, _ arena: Arena) throws(RuntimeError) -> OperationRunner {
    try OperationRunner(
      c.connection, c.shape, .deepSeekV4, format: c.format, team: c.team,
      streaming: c.streamBytes >= ConnectionLayer.streamingBytes, arena: arena)
  }

  /// A period of 61 numbers, then copies of it: filling must not take longer than what is timed.
  ///
  /// No number of channels that is measured is a multiple of it: streams that are all alike have gradients below 2⁻¹²⁶, with
  /// which a backward pass took 1.3 to 1.8 times as long on an Intel processor.
  private static func fill(_ stream: Streams) {
    let period = min(61, stream.count)
    for index in 0..<period { stream[index] = Float(index) * 0.0625 - 1.9 }
    var filled = period
    while filled < stream.count {
      let count = min(filled, stream.count - filled)
      (stream.base + filled * stream.format.bytes).copyMemory(from: stream.base, byteCount: count * stream.format.bytes)
      filled += count
    }
  }

  /// The time of one run, from so many one after the other; one before them, so that the caches are as they will be, unless
  /// a run is larger than any.
  func time(repetitions: Int) throws -> Double {
    if !isCold { try run() }
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<repetitions { try run() }
    let (seconds, attoseconds) = (clock.now - start).components
    return (Double(seconds) + Double(attoseconds) * 1e-18) / Double(repetitions)
  }

  /// Runs that take about so long.
  func repetitions(for seconds: Double) throws -> Int {
    let once = try min(time(repetitions: 1), time(repetitions: 1))
    return max(1, min(1 << 16, Int(seconds / max(once, 1e-7))))
  }
}
