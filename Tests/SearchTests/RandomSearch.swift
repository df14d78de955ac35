import CostModel
import Planner
import Profiles
import Quantities
import TestSupport

@testable import Search

/// A small search made by a seed: a small model, a device with little memory, few devices, random lists.
struct RandomSearch {
  var model: ModelShape
  var hardware: Hardware
  var setup: TrainingSetup
  var space: SearchSpace

  init(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    func some<Value>(_ values: [Value]) -> [Value] {
      let chosen = values.filter { _ in Bool.random(using: &random) }
      return chosen.isEmpty ? [pick(values)] : chosen
    }
    func sometimes(_ values: [Int]) -> [Int]? { Int.random(in: 0..<3, using: &random) == 0 ? some(values) : nil }
    model = try ModelSource.read(
      Array(pick(SmallConfigs.all + [SmallConfigs.profile]).utf8), from: .file("x.json")
    ).shape
    hardware = try HardwareSource.load(pick(["h100-sxm", "l40s"]))
    let connection = pick([Connection.manifold, .hyper, .residual])
    let sequence = pick([128, 256])
    let isResidual = connection == .residual
    let streams = isResidual ? [1] : some([2, 4])
    setup = TrainingSetup(
      connection: connection, streams: streams[0], fusion: .unfused,
      reserve: .bytes(pick([0, 1000, 1 << 20])))
    space = SearchSpace(
      devices: pick([1, 2, 4, 6, 8]), sequence: sequence, globalBatch: pick([4, 6, 8]),
      sequenceParallel: Bool.random(using: &random),
      sizes: LayoutSizes(
        data: sometimes([1, 2, 4]), tensor: sometimes([1, 2, 4]), pipeline: sometimes([1, 2, 3]),
        expert: sometimes([1, 2, 4]), context: sometimes([1, 2]), microbatch: sometimes([1, 2, 3])),
      settings: SettingLists(
        streams: streams, fusions: connection == .manifold ? some([.unfused, .paper]) : [.unfused],
        zeroStages: pick([[.none, .weights], [.optimizer], [.gradients, .weights]]),
        layerRecompute: some(RecomputeLevel.allCases),
        streamRecompute: pick([[.auto], [.auto, .uneven], [.stored, .paper], [.blocks(ofLayers: 2)]])),
      questions: isResidual ? [.moreMemory(bytes: 1 << 20)] : [.moreMemory(bytes: 1 << 20), .residual, .streams(1)])
    // Memory somewhere between what the least and the most of these plans take.
    hardware.memoryCapacity.value = Bytes(Int.random(in: 3 << 20...40 << 20, using: &random))
  }
}
