import CostModel
import Planner
import Profiles
import Quantities
import Testing

/// Steps of so few tokens that memory is busy with weights.
@Suite struct `The weights of layer functions` {
  private static func microbatch(
    sequence: Int, _ level: RecomputeLevel = .none, tied: Bool = false
  ) throws -> (time: MicrobatchTime, operations: [OperationTime]) {
    let setup = TrainingSetup(
      connection: .residual, streams: 1, fusion: .unfused, layerRecompute: level,
      streamRecompute: level == .full ? .blocks(ofLayers: 2) : .stored)
    var model = try ModelSource.load("llama-3-8b").shape
    model.tiesEmbeddings = tied
    let planner = try Planner(
      model: model, hardware: HardwareSource.load("b200"), setup: setup, sequence: sequence)
    let layout = Layout(data: 1, sequence: sequence, globalBatch: 1)
    let plan = try planner.plan(layout)
    return (plan.time.microbatch, try planner.operationTimes(of: plan.stages[0], in: layout))
  }

  @Test func `are read forward, and read again and their gradients written backward, at the memory's rate`() throws {
    let (time, operations) = try Self.microbatch(sequence: 16)
    let device = try HardwareSource.load("b200")
    let rate = device.memoryBandwidth.value.value * device.memoryEfficiency.value.expected
    // llama-3-8b by hand: an MLP has 3 * 4096 * 14336 weights and a norm's 4096; bf16 weights of 2 bytes, fp32 gradients of 4.
    // An attention function has so few that starting its kernels takes longer than reading them.
    let weights = Double(32 * (3 * 4096 * 14336 + 4096))
    let suffix = ": waiting for its weights"
    let waiting = try #require(operations.first { $0.pass == "forward" && $0.name.hasSuffix(suffix) })
    let function = waiting.name.dropLast(suffix.count)
    // The other is the output head.
    #expect(operations.count { $0.pass == "forward" && $0.name.hasSuffix(suffix) } == 2)
    for (pass, bytes) in [("forward", 2.0), ("backward", 6)] {
      let own = operations.filter { $0.pass == pass && $0.name.hasPrefix("\(function):") }
      let seconds = own.reduce(0) { $0 + $1.total.value }
      #expect(abs(seconds * rate / (weights * bytes) - 1) < 1e-9)
    }
    let total = operations.reduce(0) { $0 + $1.total.value }
    #expect(abs(total / time.computing.value - 1) < 1e-9)
  }

  @Test func `are read once more where layer functions run again`() throws {
    let (time, operations) = try Self.microbatch(sequence: 16, .full)
    #expect(abs(time.layerRecompute.value / time.layerForward.value - 1) < 1e-9)
    let again = operations.filter { $0.pass == "recompute" }.reduce(0) { $0 + $1.total.value }
    #expect(abs(again / (time.layerRecompute + time.connectionRecompute).value - 1) < 1e-9)
  }

  @Test func `of a head that is the embedding are read as those of any other`() throws {
    let (own, tied) = (try Self.microbatch(sequence: 16).time, try Self.microbatch(sequence: 16, tied: true).time)
    // But for the final norm's 4096 of 128256 * 4096.
    #expect(abs(tied.head.value / own.head.value - 1) < 1e-4)
  }

  @Test func `hide behind the products of enough tokens`() throws {
    let (_, operations) = try Self.microbatch(sequence: 8192)
    #expect(!operations.contains { $0.name.hasSuffix("waiting for its weights") })
  }
}
