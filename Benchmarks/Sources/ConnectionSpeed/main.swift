// Times one mHC connection with F(u) = u and prints what part of the roofline bound it reaches.
//
//     swift run -c release --package-path Benchmarks ConnectionSpeed [--tokens 2048,8192] [--channels 1024,2560,4096]
//       [--streams 4] [--threads 2] [--rounds 15] [--variant avx512] [--only fastest]
//
// Rates and layers are timed in turns, round after round, so that what else the machine does falls on all of them; the
// median and the best of the rounds are printed. The bound is the larger of bytes over the copy rate and FLOPs over the
// multiply-add rate of the same run, of the best rounds of both, each on as many threads as the layer has: one core alone has
// more than its part of the copy rate of all, and not all of it. The multiply-add rate is that of registers alone, the
// peak; a large product of OpenBLAS stands beside it.
//
// Before a layer's passes are timed an array larger than the caches is read: they hold nothing of the layer's tensors then, nor
// lines that a probe or a product wrote and that would leave for memory meanwhile, at the cost of the pass. And a pass within a
// step follows another, which left the threads awake: they are woken, on the smallest layer that has work for all. What a
// sleeping one costs is printed.

import CostModel
import LayerRuntime
import Measurement
import Quantities

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func option(_ name: String, _ fallback: String) -> String {
  guard let at = CommandLine.arguments.firstIndex(of: "--\(name)"), at + 1 < CommandLine.arguments.count else {
    return fallback
  }
  return CommandLine.arguments[at + 1]
}

func integers(_ name: String, _ fallback: String) -> [Int] {
  option(name, fallback).split(separator: ",").compactMap { Int($0) }
}

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let time = try clock.measure(body).components
  return Double(time.seconds) * 1e3 + Double(time.attoseconds) * 1e-15
}

func rounded(_ value: Double, _ digits: Int = 2) -> String {
  guard digits > 0 else { return "\(Int(value.rounded()))" }
  let scale = [1.0, 10, 100, 1000][digits]
  let scaled = Int((value * scale).rounded())
  let rest = "\(abs(scaled) % Int(scale))"
  return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - rest.count) + rest
}

/// Times of one thing over the rounds, in milliseconds.
struct Times {
  var values: [Double] = []
  var best: Double { values.min() ?? 0 }
  var median: Double { values.sorted()[values.count / 2] }
}

/// What some threads can do at the most: copies past the caches, and multiply-adds in registers.
struct Peaks {
  let threads: Int
  let copy: MemoryProbe
  let multiplyAdd: VectorProbe
  /// A millisecond: of a few microseconds starting the threads is a part.
  static let repetitions = 2000
  private var seconds: (copy: Double, multiplyAdd: Double) = (.infinity, .infinity)

  init?(threads: Int, tensors: Bytes, buffer: ProbeBuffer) {
    guard let mix = MemoryMix(reads: 1, writes: 1, store: .streaming),
      let copy = MemoryProbe(mix, workingSet: tensors, threads: threads, buffer: buffer),
      let multiplyAdd = VectorProbe(.multiplyAdd, threads: threads, buffer: buffer)
    else { return nil }
    (self.threads, self.copy, self.multiplyAdd) = (threads, copy, multiplyAdd)
  }

  /// The best round counts.
  mutating func measure() {
    seconds.copy = min(seconds.copy, copy.run(repetitions: 1)?.value ?? .infinity)
    seconds.multiplyAdd = min(seconds.multiplyAdd, multiplyAdd.run(repetitions: Self.repetitions)?.value ?? .infinity)
  }

  var bytesPerSecond: Double { Double(copy.accessedInPass.count) / seconds.copy }
  var flopsPerSecond: Double { Double(2 * multiplyAdd.resultsInRound.count * Self.repetitions) / seconds.multiplyAdd }
  /// Both, as they are printed.
  var text: String {
    "\(threads == 1 ? "1 thread" : "\(threads) threads"): copy \(rounded(bytesPerSecond / 1e9, 1)) GB/s, "
      + "multiply-adds in registers \(rounded(flopsPerSecond / 1e9, 1)) GFLOP/s"
  }
}

/// A pass of microseconds that all threads take part in.
struct Waking {
  let layer: ConnectionLayer
  let x, next: Streams

  init(team: ThreadTeam, arena: Arena) throws {
    let shape = try LayerShape(tokens: 16 * team.count, streams: 1, channels: 16)
    layer = try ConnectionLayer(.residual, shape, .deepSeekV4, .fastest, team: team, arena: arena)
    (x, next) = (try Streams(arena, .transient, shape, .float32), try Streams(arena, .transient, shape, .float32))
    for index in 0..<x.count { x[index] = 1 }
  }

  func callAsFunction() throws { try layer.forwardIdentity(x: x, next: next) }
}

func run() throws {
  let streams = integers("streams", "4").first ?? 4
  let rounds = max(3, integers("rounds", "15").first ?? 15)
  let team = try ThreadTeam(integers("threads", "2").first ?? 2)
  let name = option("variant", KernelVariant.best.name)
  guard let variant = KernelVariant.supported.first(where: { $0.name == name }) else {
    throw RuntimeError.invalid("--variant", expected: "one of \(KernelVariant.supported)", found: name)
  }
  print("variant \(variant), \(team.count) threads, n = \(streams), times in ms: best (median) of \(rounds) rounds")
  for channels in integers("channels", "1024,2560,4096") {
    for tokens in integers("tokens", "2048,8192") {
      try measure(
        try LayerShape(tokens: tokens, streams: streams, channels: channels), team: team, variant: variant,
        rounds: rounds)
    }
  }
}

func measure(_ shape: LayerShape, team: ThreadTeam, variant: KernelVariant, rounds: Int) throws {
  let (n, C) = (shape.streams, shape.channels)
  let w = n * n + 2 * n
  let arena = try Arena()
  // For the same reason not less than a few milliseconds of copying, and more than any cache holds.
  let tensors = Bytes(max(256 << 20, 2 * shape.tokens * n * C * 4))
  let buffer = try ProbeBuffer(
    Bytes(max(64 << 20, MemoryProbe.bufferSize(workingSet: tensors, threads: team.count).count)))
  let rinse = MemoryMix(reads: 1, writes: 0).flatMap {
    MemoryProbe($0, workingSet: tensors, threads: team.count, buffer: buffer)
  }
  guard let rinse, var all = Peaks(threads: team.count, tensors: tensors, buffer: buffer),
    var one = Peaks(threads: 1, tensors: tensors, buffer: buffer),
    let large = ProductShape(rows: 1024, columns: 1024, inner: 1024)
  else { return }
  let product = (try? OpenBLAS.load()).flatMap {
    ProductProbe(large, threads: team.count, blas: $0, buffer: buffer)
  }
  var times: [String: Times] = [:]
  func time(_ name: String, _ body: () throws -> Void) rethrows {
    times[name, default: Times()].values.append(try milliseconds(body))
  }

  struct Candidate {
    var name: String
    var layer: ConnectionLayer
    var streams: [Streams]
  }
  var candidates: [Candidate] = []
  // One implementation alone takes a tenth of the memory, for large shapes and beside other programs.
  let only = option("only", "")
  let single = ThreadTeam.single
  let choices: [(String, Implementation, StreamFormat, ThreadTeam)] = [
    ("unfused", .unfused, .float32, team), ("fused", .fused, .float32, team), ("fastest", .fastest, .float32, team),
    ("fastest, 1 thread", .fastest, .float32, single), ("fastest, bf16", .fastest, .bfloat16, team),
  ]
  for (name, implementation, format, team) in choices where only.isEmpty || name == only {
    let layer = try ConnectionLayer(
      .manifold, shape, .deepSeekV4, implementation, format: format, variant: variant, team: team, arena: arena)
    try layer.parameters?.set(
      phi: (0..<w * n * C).map { Float($0 % 31) * 0.001 - 0.015 }, alpha: [1, 0.9, 1.1],
      bias: (0..<w).map { Float($0) * 0.01 })
    let streams = try (0..<3).map { _ in try Streams(arena, .transient, shape, format) }
    for stream in streams { for index in 0..<stream.count { stream[index] = Float(index % 61) * 0.0625 - 1.9 } }
    candidates.append(Candidate(name: name, layer: layer, streams: streams))
  }
  let wake = try Waking(team: team, arena: arena)
  let streamed: [ConnectionOperation] = [.preMix, .merge, .mergeBackward, .preMixBackwardInPlace]
  func runner(_ format: StreamFormat) throws -> OperationRunner? {
    guard only.isEmpty else { return nil }
    return try OperationRunner(
      .manifold, shape, .deepSeekV4, format: format, variant: variant, team: team, streaming: true, arena: arena)
  }
  let (small, halves) = (try runner(.float32), try runner(.bfloat16))
  for round in -2..<rounds {
    if round == 0 { times = [:] }
    all.measure()
    one.measure()
    if let seconds = product?.run(repetitions: 1) {
      times["product", default: Times()].values.append(seconds.value * 1e3)
    }
    try time("asleep", wake.callAsFunction)
    try time("awake", wake.callAsFunction)
    if let small, let halves {
      time("sinkhorn") { small.run(.sinkhorn) }
      for operation in streamed {
        time("\(operation)") { small.run(operation) }
        time("\(operation) bf16") { halves.run(operation) }
      }
    }
    for candidate in candidates {
      let (x, next, gradX) = (candidate.streams[0], candidate.streams[1], candidate.streams[2])
      _ = rinse.run(repetitions: 1)
      try wake()
      try time("\(candidate.name) forward") { try candidate.layer.forwardIdentity(x: x, next: next) }
      try time("\(candidate.name) backward") {
        try candidate.layer.backwardIdentity(x: x, gradNext: next, gradX: gradX)
      }
    }
  }
  for candidate in candidates { candidate.streams.forEach { $0.release() } }

  let none = Times()
  print("\nC = \(C), T = \(shape.tokens): \(one.text); \(all.text)", terminator: "")
  if let product = times["product"] {
    print(", 1024³ product by OpenBLAS \(rounded(Double(large.flops.count) / (product.best * 1e6), 1))", terminator: "")
  }
  let (asleep, awake) = (times["asleep"] ?? none, times["awake"] ?? none)
  print(", waking the others \(rounded(asleep.median - awake.median, 3)) ms")
  let T = Double(shape.tokens)
  let mixing = Double((n * n + n) * C)
  let forwardFLOPs = T * (Double(2 * n * C * (w + 2)) + 2 * mixing)
  let backwardFLOPs = T * (Double(4 * n * C * w) + 4 * mixing + Double(6 * n * C))
  for (pass, flops, tensors) in [("forward", forwardFLOPs, 2.0), ("backward", backwardFLOPs, 3.0)] {
    for candidate in candidates {
      guard let measured = times["\(candidate.name) \(pass)"] else { continue }
      let bytes = tensors * T * Double(n * C * (candidate.name.hasSuffix("bf16") ? 2 : 4))
      let peaks = candidate.name.hasSuffix("1 thread") ? one : all
      let (memory, arithmetic) = (1e3 * bytes / peaks.bytesPerSecond, 1e3 * flops / peaks.flopsPerSecond)
      print(
        "  \(pass) \(candidate.name): \(rounded(measured.best)) (\(rounded(measured.median)));",
        "bound \(rounded(max(memory, arithmetic))) = max(memory \(rounded(memory)), arithmetic \(rounded(arithmetic)));",
        "reached \(rounded(100 * max(memory, arithmetic) / measured.best, 0)) %")
    }
  }
  guard only.isEmpty else { return }
  func ratio(_ one: String, _ other: String) -> String {
    rounded((times[one] ?? none).best / max((times[other] ?? none).best, 1e-9))
  }
  print("  Sinkhorn over forward: \(ratio("sinkhorn", "fastest forward"))")
  for pass in ["forward", "backward"] {
    print(
      "  \(pass): \(team.count) threads over 1: \(ratio("fastest, 1 thread \(pass)", "fastest \(pass)"));",
      "bf16 over fp32: \(ratio("fastest \(pass)", "fastest, bf16 \(pass)"))")
  }
  // Kernels that move streams and do little else, each over all tokens: here memory binds.
  for operation in streamed {
    print("  \(operation.ledgerName), bf16 over fp32: \(ratio("\(operation)", "\(operation) bf16"))")
  }
}

do {
  try run()
} catch {
  print("ConnectionSpeed: \(error)")
  exit(1)
}
