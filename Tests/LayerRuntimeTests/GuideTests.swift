import Foundation
import LayerRuntime
import Testing

/// The example of a layer function in the guide is the one that runs here, and does what the reference does.
@Suite struct GuideTests {
  /// The example with its inputs: x' and ∂x.
  static func example(
    _ layer: ConnectionLayer, _ arena: Arena, a: Float, x: Streams, next: Streams, gradNext: Streams, gradX: Streams
  ) throws {
    let shape = layer.shape
    // The example begins.
    let u: Region<Float> = try arena.allocate(.transient, shape.tokens * shape.channels)
    let y: Region<Float> = try arena.allocate(.layerOutput, shape.tokens * shape.channels)
    let gradY: Region<Float> = try arena.allocate(.gradient, shape.tokens * shape.channels)

    try layer.preMix(x: x, u: u)
    for index in 0..<u.count { y.base[index] = a * tanh(u.base[index]) }
    try layer.merge(x: x, y: y, next: next)

    try layer.mergeBackward(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: gradY)
    for index in 0..<u.count {
      let bent = tanh(u.base[index])
      gradY.base[index] *= a * (1 - bent * bent)  // ∂u, where ∂y was
    }
    try layer.preMixBackward(x: x, gradU: gradY, gradNext: gradNext, gradX: gradX)
    // The example ends.
  }

  @Test func `the example agrees with the reference`() throws {
    let test = try TestCase(.manifold, tokens: 6, streams: 4, channels: 20)
    var function = CallerFunction(channels: 20, isDense: false)
    function.scales = [Double](repeating: 0.75, count: 20)
    let reference = try test.reference(function)
    let arena = try Arena(capacityBytes: testArenaBytes)
    let layer = try ConnectionLayer(.manifold, test.shape, test.convention, .fastest, arena: arena)
    try layer.parameters?.set(
      phi: test.phi.map { Float($0) }, alpha: test.alpha.map { Float($0) }, bias: test.bias.map { Float($0) })
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, test.shape, .float32) }
    try streams[0].set(test.x.map { Float($0) })
    try streams[2].set(test.gradNext.map { Float($0) })
    try Self.example(
      layer, arena, a: 0.75, x: streams[0], next: streams[1], gradNext: streams[2], gradX: streams[3])
    for (found, name) in [(streams[1], "x'"), (streams[3], "grad x")] {
      let expected = try #require(reference.made[name]).doubles
      #expect(relativeError(found.values.map { Double($0) }, expected) < 1e-5, "\(name)")
    }
  }

  @Test func `the guide shows it`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let page = try String(
      contentsOf: URL(filePath: "\(root)/Sources/LayerRuntime/LayerRuntime.docc/RunningAConnection.md"), encoding: .utf8
    )
    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    /// Words and signs, without what a formatter may change.
    func words(_ text: Substring) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    // The first places are those in the function above, not these.
    let begin = try #require(source.firstRange(of: "// The example begins.")).upperBound
    let example = source[begin..<(try #require(source.firstRange(of: "// The example ends.")).lowerBound)]
    #expect(example.count > 500)
    let isShown = words(page[...]).contains("```swift " + words(example) + " ```")
    #expect(isShown)
  }
}
