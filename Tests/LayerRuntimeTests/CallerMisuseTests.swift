import LayerRuntime
import Testing

/// What a user can do wrong between the four calls around a layer function: refused, and nothing is left behind.
@Suite struct CallerMisuseTests {
  static let implementations = [Implementation.unfused, .fused, .fastest]

  /// A connection and the operands of its four calls, all apart.
  struct Operands {
    let arena: Arena
    let layer: ConnectionLayer
    var x, next, gradNext, gradX: Streams
    var u, y, gradY: Region<Float>

    init(
      _ kind: ConnectionKind, _ implementation: Implementation, _ arena: Arena, _ format: StreamFormat = .float32
    ) throws {
      self.arena = arena
      let shape = try LayerShape(tokens: 5, streams: kind == .residual ? 1 : 4, channels: 16)
      layer = try ConnectionLayer(kind, shape, .paper, implementation, format: format, arena: arena)
      let streams = try (0..<4).map { _ in try Streams(arena, .transient, shape, format) }
      (x, next, gradNext, gradX) = (streams[0], streams[1], streams[2], streams[3])
      for stream in streams { try stream.set([Float](repeating: 0.5, count: stream.count)) }
      let regions = try (0..<3).map { _ in try arena.allocate(.transient, 5 * 16, of: Float.self) }
      (u, y, gradY) = (regions[0], regions[1], regions[2])
      for region in regions { region.elements.initialize(repeating: 0.25) }
    }

    func preMix() throws { try layer.preMix(x: x, u: u) }
    func preMixAgain() throws { try layer.preMixAgain(x: x, u: u) }
    func merge() throws { try layer.merge(x: x, y: y, next: next) }
    func mergeBackward() throws {
      try layer.mergeBackward(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradY)
    }
    func preMixBackward() throws { try layer.preMixBackward(x: x, gradU: gradY, gradNext: gradNext, gradX: gradX) }
    func whole() throws {
      for call in [preMix, merge, mergeBackward, preMixBackward] { try call() }
    }

    /// ∂φ, ∂α and ∂b.
    var gradients: [Float] { layer.parameters.map { Array($0.gradients.elements) } ?? [] }
  }

  static func operands(
    _ kind: ConnectionKind, _ implementation: Implementation, _ format: StreamFormat = .float32
  ) throws -> Operands {
    try Operands(kind, implementation, try Arena(capacityBytes: testArenaBytes), format)
  }

  @Test(arguments: [ConnectionKind.hyper, .manifold], implementations)
  func `what needs a forward pass before is refused without one`(
    _ kind: ConnectionKind, _ implementation: Implementation
  ) throws {
    let operands = try Self.operands(kind, implementation)
    let refused = RuntimeError.invalid("coefficients", expected: "those of a forward pass before", found: "none")
    let calls = [operands.preMixAgain, operands.merge, operands.mergeBackward]
    let held = operands.arena.totalBytes
    for call in calls { #expect(throws: refused, performing: call) }
    #expect(operands.arena.totalBytes == held)
    try operands.preMix()
    for call in calls { try call() }
    operands.layer.dropCoefficients()
    for call in calls { #expect(throws: refused, performing: call) }
  }

  @Test(arguments: ConnectionKind.allCases, implementations)
  func `the second half of a backward pass is refused without the first`(
    _ kind: ConnectionKind, _ implementation: Implementation
  ) throws {
    let operands = try Self.operands(kind, implementation)
    let refused = RuntimeError.invalid("preMixBackward", expected: "mergeBackward before it", found: "none")
    let held = { operands.arena.currentBytes[.gradient] ?? 0 }
    #expect(throws: refused, performing: operands.preMixBackward)
    try operands.preMix()
    #expect(throws: refused, performing: operands.preMixBackward)
    let before = held()
    try operands.mergeBackward()
    #expect((held() > before) == (kind != .residual))
    try operands.preMixBackward()
    #expect(held() == before)
    let gradients = operands.gradients
    #expect(throws: refused, performing: operands.preMixBackward)
    #expect(operands.gradients == gradients)

    // Whatever begins another pass, or drops what this one needs, ends it.
    let ends: [() throws -> Void] = [
      operands.preMix, { operands.layer.dropCoefficients() },
      { try operands.layer.forwardIdentity(x: operands.x, next: operands.next) },
      {
        try operands.layer.backwardIdentity(x: operands.x, gradNext: operands.gradNext, gradX: operands.gradX)
      },
    ]
    for end in ends {
      try operands.preMix()
      try operands.mergeBackward()
      try end()
      #expect(throws: refused, performing: operands.preMixBackward)
      #expect(held() == before)
    }
    // What only reads does not.
    try operands.preMix()
    try operands.mergeBackward()
    try operands.preMixAgain()
    try operands.merge()
    try operands.preMixBackward()
  }

  @Test(arguments: [ConnectionKind.hyper, .manifold], implementations)
  func `a first half run twice counts once`(_ kind: ConnectionKind, _ implementation: Implementation) throws {
    let (once, twice) = (try Self.operands(kind, implementation), try Self.operands(kind, implementation))
    try once.whole()
    for call in [twice.preMix, twice.merge, twice.mergeBackward, twice.mergeBackward, twice.preMixBackward] {
      try call()
    }
    #expect(once.gradients.contains { $0 != 0 })
    #expect(twice.gradients == once.gradients && twice.gradX.values == once.gradX.values)
    #expect(once.arena.totalBytes == twice.arena.totalBytes)
  }

  @Test(arguments: implementations) func `both halves of a backward pass have the same tensors`(
    _ implementation: Implementation
  ) throws {
    let operands = try Self.operands(.manifold, implementation)
    try operands.preMix()
    try operands.mergeBackward()
    let places: [(String, WritableKeyPath<Operands, Streams>)] = [
      ("x", \.x), ("grad x'", \.gradNext), ("grad x", \.gradX),
    ]
    for (name, place) in places {
      var other = operands
      other[keyPath: place] = operands.next
      let refused = RuntimeError.invalid(name, expected: "the tensor that mergeBackward was given", found: "another")
      #expect(throws: refused, performing: other.preMixBackward)
    }
    try operands.preMixBackward()
  }

  static var streamPlaces: [(String, WritableKeyPath<Operands, Streams>)] {
    [
      ("x", \.x), ("x'", \.next), ("grad x'", \.gradNext), ("grad x", \.gradX),
    ]
  }
  static var layerPlaces: [(String, WritableKeyPath<Operands, Region<Float>>)] {
    [
      ("u", \.u), ("y", \.y), ("grad y", \.gradY),
    ]
  }
  /// Which operands each call has; the gradient of the layer's input lies where that of its output was.
  static var calls: [(names: Set<String>, call: (Operands) throws -> Void)] {
    [
      (["x", "u"], { try $0.preMix() }), (["x", "u"], { try $0.preMixAgain() }),
      (["x", "y", "x'"], { try $0.merge() }),
      (["x", "y", "grad x'", "grad x", "grad y"], { try $0.mergeBackward() }),
      (["x", "grad x'", "grad x", "grad u"], { try $0.preMixBackward() }),
    ]
  }
  /// Whether a call has an operand of this name, and how an error names it.
  static func name(_ name: String, in names: Set<String>) -> String? {
    names.contains(name) ? name : name == "grad y" && names.contains("grad u") ? "grad u" : nil
  }

  @Test(arguments: ConnectionKind.allCases) func `operands of another length or format are refused`(
    _ kind: ConnectionKind
  ) throws {
    let operands = try Self.operands(kind, .fused)
    try operands.whole()
    try operands.mergeBackward()
    let short = try LayerShape(tokens: 4, streams: operands.layer.shape.streams, channels: 16)
    for (names, call) in Self.calls {
      for (place, path) in Self.streamPlaces {
        guard let name = Self.name(place, in: names) else { continue }
        var other = operands
        other[keyPath: path] = try Streams(operands.arena, .transient, short, .float32)
        let count = 16 * short.streams
        #expect(throws: RuntimeError.length(name, expected: 5 * count, found: 4 * count)) { try call(other) }
        other[keyPath: path] = try Streams(operands.arena, .transient, operands.layer.shape, .bfloat16)
        #expect(throws: RuntimeError.invalid(name, expected: "fp32", found: "bf16")) { try call(other) }
      }
      for (place, path) in Self.layerPlaces {
        guard let name = Self.name(place, in: names) else { continue }
        for count in [0, 79, 81] {
          var other = operands
          other[keyPath: path] = try operands.arena.allocate(.transient, count)
          #expect(throws: RuntimeError.length(name, expected: 80, found: count)) { try call(other) }
        }
      }
    }
    try operands.preMixBackward()
  }

  @Test(arguments: ConnectionKind.allCases, StreamFormat.allCases)
  func `operands of one call that share memory are refused, every two of them`(
    _ kind: ConnectionKind, _ format: StreamFormat
  ) throws {
    let clean = try Self.operands(kind, .fastest, format)
    try clean.whole()
    let bytes = clean.x.count * format.bytes
    // Room for two operands, the second beginning with the last element of the first.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * max(bytes, 320), alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    func streams(_ start: Int) throws -> Streams {
      try Streams(borrowing: UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + bytes]), format)
    }
    func region(_ start: Int) throws -> Region<Float> {
      try Region(
        borrowing: UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + 320]).bindMemory(to: Float.self))
    }
    func move(_ operands: inout Operands, _ place: String, _ start: Int) throws {
      for (name, path) in Self.streamPlaces where name == place { operands[keyPath: path] = try streams(start) }
      for (name, path) in Self.layerPlaces where name == place { operands[keyPath: path] = try region(start) }
    }
    func size(_ place: String) -> Int { Self.layerPlaces.contains { $0.0 == place } ? 320 : bytes }
    let all = Self.streamPlaces.map(\.0) + Self.layerPlaces.map(\.0)
    for (index, (names, call)) in Self.calls.enumerated() {
      let places = all.filter { Self.name($0, in: names) != nil }
      #expect(places.count == names.count)
      for first in places {
        for second in places where second != first {
          var operands = clean
          try move(&operands, first, 0)
          try move(&operands, second, size(first) - 4)
          let shared = Set([first, second].compactMap { Self.name($0, in: names) })
          // The last call is given what the one before it was given, which has refused it: of its own it has ∂u alone.
          if index == 4 {
            guard shared.contains("grad u") else { continue }
            operands.gradY = clean.gradY
            try operands.mergeBackward()
            try move(&operands, first, 0)
            try move(&operands, second, size(first) - 4)
          }
          let error = #expect(throws: RuntimeError.self) { try call(operands) }
          guard case .overlap(let one, let other)? = error else {
            Issue.record("\(shared): \(String(describing: error))")
            continue
          }
          #expect(Set([one, other]) == shared)
        }
      }
    }
  }

  @Test func `memory of the caller's is aligned to a number, and no arena takes it back`() async throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    defer { memory.deallocate() }
    let start = try #require(memory.baseAddress)
    #expect(throws: RuntimeError.misaligned("u")) {
      let odd = UnsafeMutablePointer<Float>(bitPattern: UInt(bitPattern: start) + 2)
      _ = try Region(borrowing: UnsafeMutableBufferPointer(start: odd, count: 4), name: "u")
    }
    #expect(try Region(borrowing: memory.bindMemory(to: Float.self)).count == 16)
    #expect(try Region(borrowing: UnsafeMutableBufferPointer<Float>(start: nil, count: 0)).elements.isEmpty)
    #expect(
      CoefficientsTests.isTrap(
        await #expect(processExitsWith: .failure) {
          let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
          let arena = try Arena(capacityBytes: 1 << 20)
          // A buffer at the arena's first byte, which is not meant.
          _ = try arena.allocate(.scratch, 4, of: Float.self)
          arena.release(try Region(borrowing: memory))
        }))
  }

  @Test(arguments: [ConnectionKind.hyper, .manifold], implementations)
  func `a call without room says so, leaves nothing behind, and runs once there is room`(
    _ kind: ConnectionKind, _ implementation: Implementation
  ) throws {
    let arena = try Arena(capacityBytes: 1 << 20)
    let operands = try Operands(kind, implementation, arena)
    let calls = [operands.preMix, operands.merge, operands.mergeBackward, operands.preMixBackward]
    // An unfused pass adds up tensors of their own; fused ones need room for coefficients and their gradients alone.
    let needsRoom = [true, implementation == .unfused, true, implementation == .unfused]
    for (call, needs) in zip(calls, needsRoom) {
      let filler: Region<UInt8> = try arena.allocate(.scratch, arena.capacityBytes - arena.totalBytes - 64)
      let before = arena.currentBytes
      if needs {
        let error = #expect(throws: RuntimeError.self, performing: call)
        guard case .outOfMemory? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(arena.currentBytes == before)
      }
      arena.release(filler)
      try call()
    }
  }

  @Test func `a connection that goes takes an unfinished backward pass with it`() throws {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let before = arena.totalBytes
    do {
      let operands = try Operands(.manifold, .fastest, arena)
      try operands.preMix()
      try operands.mergeBackward()
      for stream in [operands.x, operands.next, operands.gradNext, operands.gradX] { stream.release() }
      for region in [operands.u, operands.y, operands.gradY] { arena.release(region) }
    }
    #expect(arena.totalBytes == before)
  }

  @Test(arguments: ConnectionKind.allCases, implementations) func `no tokens are nothing, in four calls`(
    _ kind: ConnectionKind, _ implementation: Implementation
  ) throws {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let shape = try LayerShape(tokens: 0, streams: kind == .residual ? 1 : 4, channels: 16)
    let layer = try ConnectionLayer(kind, shape, .paper, implementation, arena: arena)
    let none = try Streams(arena, .transient, shape, .float32)
    let nothing = try Region(borrowing: UnsafeMutableBufferPointer<Float>(start: nil, count: 0))
    try layer.preMix(x: none, u: nothing)
    try layer.merge(x: none, y: nothing, next: none)
    try layer.mergeBackward(x: none, y: nothing, gradNext: none, gradX: none, gradY: nothing)
    try layer.preMixBackward(x: none, gradU: nothing, gradNext: none, gradX: none)
    #expect(layer.parameters?.gradients.elements.allSatisfy { $0 == 0 } ?? true)
  }
}
