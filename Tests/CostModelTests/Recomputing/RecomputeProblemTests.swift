import CostModel
import Quantities
import Testing

@Suite struct RecomputeProblemTests {
  @Test func `wrong sizes are errors that name the size`() {
    #expect(throws: RecomputeProblemError.unequalCounts(2, 1)) {
      try RecomputeProblem(resident: [1, 2], transient: [1], streamSize: 4)
    }
    #expect(throws: RecomputeProblemError.tooSmall("transient size", -1, least: 0)) {
      try RecomputeProblem(resident: [1], transient: [-1], streamSize: 4)
    }
    #expect(throws: RecomputeProblemError.tooSmall("stream size", -4, least: 0)) {
      try RecomputeProblem(resident: [1], transient: [1], streamSize: -4)
    }
    #expect(throws: RecomputeProblemError.tooSmall("microbatches in flight", 0, least: 1)) {
      try RecomputeProblem(layers: 3, resident: 1, transient: 1, streamSize: 4, inFlight: 0)
    }
    #expect(throws: RecomputeProblemError.tooSmall("layers", -1, least: 0)) {
      try RecomputeProblem(layers: -1, resident: 1, transient: 1, streamSize: 4)
    }
    #expect(throws: RecomputeProblemError.tooSmall("work", -2, least: 0)) {
      try RecomputeWork(perLayer: [1], perInnerLayer: [-2])
    }
  }

  @Test func `a stage too large for 64 bits is an error that names the sum or product`() {
    var error = #expect(throws: OverflowError.self) {
      try RecomputeProblem(resident: [1, .max], transient: [1, 1], streamSize: 4)
    }
    #expect(error?.expression == "activations of layers 1…2 = 6 + 4 + 1 + 9223372036854775807")
    error = #expect(throws: OverflowError.self) {
      try RecomputeProblem(layers: 2, resident: 1, transient: 1, streamSize: 4, inFlight: .max)
    }
    #expect(error?.expression == "activations of all microbatches = 9223372036854775807 × 12")
    #expect(throws: OverflowError.self) { try RecomputeWork(layers: 4, perLayer: .max / 5, perInnerLayer: .max / 5) }
    #expect(throws: OverflowError.self) { try RecomputeWork(layers: 4, perBlock: .max, perLayer: 0, perInnerLayer: 0) }
  }

  @Test func `work is a layer's input for every layer and its output for all but a block's last`() throws {
    let work = try RecomputeWork(perBlock: 1000, perLayer: [1, 2, 3, 4], perInnerLayer: [10, 20, 30, 40])
    #expect(try work.work(of: [.init(.recomputed, layers: 3), .init(.stored, layers: 1)]) == 1000 + 6 + 30)
    #expect(try work.work(of: [.init(.stored, layers: 1), .init(.recomputed, layers: 3)]) == 1000 + 9 + 50)
    #expect(try work.work(of: [.init(.recomputed, layers: 1), .init(.recomputed, layers: 3)]) == 2000 + 10 + 50)
    #expect(try work.work(of: [.init(.stored, layers: 4)]) == 0)
    #expect(throws: RecomputeProblemError.notACover(segments: [5], layers: 4)) {
      try work.work(of: [.init(.stored, layers: 5)])
    }
  }
}
