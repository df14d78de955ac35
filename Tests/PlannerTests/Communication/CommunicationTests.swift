import CostModel
import Planner
import Profiles
import Quantities
import Schedules
import Testing

/// Messages of whole plans against sums by hand.
@Suite struct CommunicationTests {
  private let setup = TrainingSetup(
    connection: .manifold, streams: 4, fusion: .paper, zeroStage: .none, streamRecompute: .stored)

  private func row(
    _ kind: CommunicationTime.Kind, _ planner: Planner, _ layout: Layout
  ) throws -> CommunicationTime {
    try #require(try planner.communication(of: planner.plan(layout)).first { $0.kind == kind })
  }

  @Test func `mhc-27b on one stage sends each token once to each device with any of its 6 experts, and back`() throws {
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    let layout = Layout(data: 8, expert: 8, sequence: 4096, globalBatch: 24)
    let expert = try row(.expert, planner, layout)
    // A device has none of a token's 6 of 72 experts in C(63, 6) / C(72, 6).
    var missing = 1.0
    for index in 0..<6 { missing *= Double(63 - index) / Double(72 - index) }
    // 4 exchanges in 29 layers of 2560 bf16 channels of 4096 tokens to 7 devices, at 0.8 × 200 GB/s after 7 × 3.3 µs.
    let bytes = 7 * (1 - missing) * 2560 * 2 * 4096
    let expected = 3 * 29 * 4 * (7 * 3.3e-6 + bytes / 160e9)
    #expect(abs(expert.exposed.value - expected) < 1e-9 * expected)
    #expect(expert.hidden.value < 1e-9 * expected && [expert.devices, expert.domains] == [8, 1])
  }

  @Test(arguments: [2, 8])
  func `experts on domains of 8: tokens are handed on in a domain while others cross, so that the slower tier counts`(
    domains: Int
  ) throws {
    let planner = try Planner.named("deepseek-v4-flash", setup, sequence: 4096)
    let devices = 8 * domains
    let layout = Layout(data: devices, expert: devices, sequence: 4096, globalBatch: devices)
    let expert = try row(.expert, planner, layout)
    func missing(_ experts: Int) -> Double {
      (0..<6).reduce(1.0) { $0 * Double(256 - experts - $1) / Double(256 - $1) }
    }
    let (bytes, others) = (4096.0 * 2 * 4096, Double(domains - 1))
    let far = others * (3.7e-6 + (1 - missing(256 / domains)) * bytes / 40e9)
    let near = 7 * 3.3e-6 + Double(domains) * 7 * (1 - missing(256 / devices)) * bytes / 160e9
    // 43 layers and a prediction module.
    #expect(abs(expert.exposed.value - 44 * 4 * max(far, near)) < 1e-9 * expert.exposed.value)
    #expect((far > near) == (domains == 8))
    #expect([expert.devices, expert.domains] == [devices, domains])
  }

  @Test func `llama-3-8b on 4 tensor devices: 5 collectives a layer function, 5 around its ends`() throws {
    let planner = try Planner.named("llama-3-8b", setup, sequence: 8192)
    let layout = Layout(tensor: 4, sequence: 8192, globalBatch: 2)
    let tensor = try row(.tensor, planner, layout)
    let once = 3 * 3.3e-6 + 4096.0 * 2 * 8192 * 3 / 4 / 160e9
    let expected = 2 * (64 * 5 + 5) * once
    #expect(abs(tensor.exposed.value - expected) < 1e-9 * expected)
    // Without shared tokens everything is added up whole: as many bytes forward, one pair of collectives back.
    var whole = layout
    whole.sequenceParallel = false
    let sums = try row(.tensor, planner, whole)
    #expect(abs(sums.exposed.value - 2 * (64 * 4 + 4) * once) < 1e-9 * expected)
  }

  @Test func `gradients of llama-3-8b: summed once a step, 7/8 of them twice over, behind the last backward pass`()
    throws
  {
    let planner = try Planner.named("llama-3-8b", setup, sequence: 8192)
    let layout = Layout(data: 8, sequence: 8192, globalBatch: 8)
    let data = try row(.data, planner, layout)
    let parameters = Double(try planner.modelLedger().parameterCounts().total.count)
    let connections = Double(64 * planner.connectionParameters)
    let expected = 2 * (7 * 3.3e-6 + 4 * (parameters + connections) * 7 / 8 / 160e9)
    #expect(abs(data.exposed.value + data.hidden.value - expected) < 1e-6 * expected)
    #expect(data.exposed.value == 0)
    var waiting = setup
    waiting.overlap.overlapsCommunication = false
    let exposed = try row(.data, try Planner.named("llama-3-8b", waiting, sequence: 8192), layout)
    #expect(abs(exposed.exposed.value - expected) < 1e-6 * expected && exposed.hidden.value < 1e-9)
  }

  @Test func `n streams send n times the bytes over a boundary, over the network where stages fill domains`() throws {
    var alone = setup
    alone.overlap.overlapsCommunication = false
    let layout = Layout(data: 8, pipeline: 2, expert: 8, sequence: 4096, globalBatch: 8)
    func seconds(_ streams: Int) throws -> Double {
      var setup = alone
      setup.streams = streams
      return try row(.pipeline, try Planner.named("mhc-27b", setup, sequence: 4096), layout).exposed.value
    }
    // One microbatch: a message forward and one back, nothing else to do meanwhile.
    for streams in [1, 2, 4] {
      let expected = 2 * (3.7e-6 + Double(streams) * 2560 * 2 * 4096 / 40e9)
      #expect(abs(try seconds(streams) - expected) < 1e-6 * expected, "\(streams)")
    }
    // Two stages of four devices share a domain.
    var near = layout
    (near.data, near.expert, near.globalBatch) = (4, 4, 4)
    let inside = try row(.pipeline, try Planner.named("mhc-27b", alone, sequence: 4096), near)
    let expected = 2 * (3.3e-6 + 4.0 * 2560 * 2 * 4096 / 160e9)
    #expect(abs(inside.exposed.value - expected) < 1e-6 * expected && inside.domains == 1)
  }

  @Test func `keys and values hide behind the attention core, and not without overlap`() throws {
    let planner = try Planner.named("llama-3-8b", setup, sequence: 131_072)
    let layout = Layout(context: 4, sequence: 131_072, globalBatch: 1)
    let context = try row(.context, planner, layout)
    // 3 hops of 2 × 8 × 128 channels forward and twice that back, 32 layers.
    let hop = 2.0 * 8 * 128 * 2 * 32768 / 160e9
    let expected = 32 * 3 * (2 * 3.3e-6 + 3 * hop)
    #expect(abs(context.exposed.value + context.hidden.value - expected) < 1e-9 * expected)
    #expect(context.exposed.value < 1e-12)
    var waiting = setup
    waiting.overlap.overlapsCommunication = false
    let exposed = try row(.context, try Planner.named("llama-3-8b", waiting, sequence: 131_072), layout)
    #expect(abs(exposed.exposed.value - expected) < 1e-9 * expected)
  }

  @Test func `more tensor devices than key-value heads put queries, keys and values together, and back`() throws {
    var model = try ModelSource.load("llama-3-8b").shape
    guard case .grouped(var attention) = model.layers[0].attention else { return }
    attention.keyValueHeads = 2
    model.layers = model.layers.map { TransformerLayer(attention: .grouped(attention), feedForward: $0.feedForward) }
    let planner = try Planner(model: model, hardware: HardwareSource.load("h800"), setup: setup, sequence: 8192)
    func seconds(_ tensor: Int) throws -> Double {
      try row(.tensor, planner, Layout(tensor: tensor, sequence: 8192, globalBatch: 1)).exposed.value
    }
    func once(_ devices: Double, _ channels: Double) -> Double {
      (devices - 1) * 3.3e-6 + channels * 2 * 8192 * (devices - 1) / devices / 160e9
    }
    // 5 collectives a layer function and 5 around the ends; in 32 attentions 2 more of (32 + 2 × 2) × 128 channels.
    for (devices, more) in [(2.0, 0.0), (4, 64)] {
      let expected = 325 * once(devices, 4096) + more * once(devices, 36 * 128)
      #expect(abs(try seconds(Int(devices)) - expected) < 1e-9 * expected)
    }
  }

  @Test func `sharded weights are gathered for both passes and gradients scattered, for every microbatch`() throws {
    var sharded = setup
    sharded.zeroStage = .weights
    sharded.overlap.overlapsCommunication = false
    let planner = try Planner.named("llama-3-8b", sharded, sequence: 8192)
    let data = try row(.data, planner, Layout(data: 8, sequence: 8192, globalBatch: 24))
    let parameters = Double(try planner.modelLedger().parameterCounts().total.count)
    let connections = 4 * Double(64 * planner.connectionParameters)
    let once = 3 * 7 * 3.3e-6 + ((2 + 2 + 4) * parameters + 3 * connections) * 7 / 8 / 160e9
    #expect(abs(data.exposed.value - 3 * once) < 1e-6 * once)
  }

  @Test func `a device without an interconnect sends nothing`() throws {
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096, hasMessages: false)
    #expect(
      try planner.communication(of: planner.plan(Layout(data: 8, expert: 8, sequence: 4096, globalBatch: 8))).isEmpty)
  }
}
