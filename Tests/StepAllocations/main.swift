import AllocationCounter
import LayerRuntime

// How often a training step calls malloc, after the first; ends with 1 if any step of an identity, or around a
// function of the caller's, does.
//
//   swift run -c release StepAllocations
//
// Optimised, as without the optimiser Swift boxes what a call captures. Matrix products are OpenBLAS's, which allocates as it
// likes: those rows are shown, and decide nothing.

/// Calls of malloc a step.
func calls(
  _ kind: ConnectionKind, _ implementation: Implementation, _ blocks: RecomputeBlocks, threads: Int,
  _ format: StreamFormat, _ function: LayerFunctionKind
) throws -> Double {
  let shape = try LayerShape(tokens: 200, streams: kind == .residual ? 1 : 4, channels: 64)
  var configuration = LayerStack.Configuration(
    kind, shape, .deepSeekV4, implementation, functions: [LayerFunctionKind](repeating: function, count: 3))
  configuration.blocks = blocks
  configuration.format = format
  configuration.team = try ThreadTeam(threads)
  let arena = try Arena(capacityBytes: 1 << 28)
  let stack = try LayerStack(configuration, arena: arena)
  let x = try Streams(arena, .transient, shape, format)
  try x.set([Float](repeating: 0.5, count: x.count))
  let gradient = try Streams(arena, .gradient, shape, format)
  for _ in 0..<3 { try stack.step(x, gradient: gradient) }
  let before = allocation_count()
  for _ in 0..<10 { try stack.step(x, gradient: gradient) }
  return Double(allocation_count() - before) / 10
}

/// Calls of malloc in a forward and a backward pass around F(u) = u/2 of the caller's.
func callsAroundCaller(
  _ kind: ConnectionKind, _ implementation: Implementation, threads: Int, _ format: StreamFormat
) throws -> Double {
  let shape = try LayerShape(tokens: 200, streams: kind == .residual ? 1 : 4, channels: 64)
  let arena = try Arena(capacityBytes: 1 << 28)
  let layer = try ConnectionLayer(
    kind, shape, .deepSeekV4, implementation, format: format, team: try ThreadTeam(threads), arena: arena)
  let streams = try (0..<4).map { _ in try Streams(arena, .transient, shape, format) }
  for stream in streams { try stream.set([Float](repeating: 0.5, count: stream.count)) }
  let (x, gradNext, next, gradX) = (streams[0], streams[1], streams[2], streams[3])
  let u: Region<Float> = try arena.allocate(.transient, 200 * 64)
  let y: Region<Float> = try arena.allocate(.transient, 200 * 64)
  var before = 0
  for round in 0..<13 {
    if round == 3 { before = allocation_count() }
    try layer.preMix(x: x, u: u)
    for index in 0..<y.count { y.base[index] = u.base[index] / 2 }
    try layer.merge(x: x, y: y, next: next)
    try layer.preMixAgain(x: x, u: u)
    try layer.mergeBackward(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: u)
    for index in 0..<u.count { u.base[index] /= 2 }
    try layer.preMixBackward(x: x, gradU: u, gradNext: gradNext, gradX: gradX)
  }
  return Double(allocation_count() - before) / 10
}

var worst = 0.0
print("connection  implementation  recompute  threads  streams  function   calls of malloc a step")
@MainActor func show(
  _ kind: ConnectionKind, _ implementation: Implementation, _ blocks: RecomputeBlocks, _ threads: Int,
  _ format: StreamFormat, _ function: LayerFunctionKind
) throws {
  let found = try calls(kind, implementation, blocks, threads: threads, format, function)
  row(
    kind, implementation, blocks == .stored ? "none" : "blocks", threads, format,
    "\(function)".prefix { $0 != "(" }.description, found)
  if function == .identity { worst = max(worst, found) }
}
func row(
  _ kind: ConnectionKind, _ implementation: Implementation, _ recompute: String, _ threads: Int,
  _ format: StreamFormat, _ function: String, _ found: Double
) {
  let columns = [
    (kind.rawValue, 12), (implementation.rawValue, 16), (recompute, 11), ("\(threads)", 9), (format.rawValue, 9),
    (function, 11),
  ]
  print(columns.map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined() + "\(found)")
}
for kind in ConnectionKind.allCases {
  for implementation in [Implementation.unfused, .fused, .fastest] {
    for blocks in [RecomputeBlocks.stored, .blocks([2, 1])] {
      for threads in [1, 2] {
        for format in StreamFormat.allCases { try show(kind, implementation, blocks, threads, format, .identity) }
      }
    }
  }
}
for kind in ConnectionKind.allCases {
  for implementation in [Implementation.unfused, .fused, .fastest] {
    for threads in [1, 2] {
      for format in StreamFormat.allCases {
        let found = try callsAroundCaller(kind, implementation, threads: threads, format)
        row(kind, implementation, "u", threads, format, "caller's", found)
        worst = max(worst, found)
      }
    }
  }
}
if OpenBLAS.isAvailable {
  for function in [LayerFunctionKind.gelu(hidden: 96), .swiGLU(hidden: 96), .attention(heads: 2)] {
    for threads in [1, 2] { try show(.manifold, .fastest, .blocks([2, 1]), threads, .float32, function) }
  }
}
if worst > 0 || allocation_count() < 0 { fatalError("a step allocates, or calls are not counted here") }
