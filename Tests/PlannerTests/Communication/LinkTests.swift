import CostModel
import Planner
import Profiles
import Quantities
import Schedules
import Testing

/// Messages between devices that have a link to each other, against sums by hand.
///
/// An MI300X has seven links of 64 GB/s, of which 0.8 are expected; a message waits 3.3 µs.
@Suite struct LinkTests {
  private static let link = 0.8 * 64e9
  private static let alpha = 3.3e-6

  private var setup: TrainingSetup {
    var setup = TrainingSetup(
      connection: .manifold, streams: 4, fusion: .paper, zeroStage: .none, streamRecompute: .stored)
    setup.overlap.overlapsCommunication = false
    return setup
  }

  /// Seconds of one kind of messages, where nothing hides them.
  private func seconds(
    _ kind: CommunicationTime.Kind, _ model: String, _ layout: Layout, device name: String = "mi300x",
    change: (inout Interconnect) -> Void = { _ in }
  ) throws -> Double {
    let planner = try planner(model, layout, device: name, change: change)
    return try #require(try planner.communication(of: planner.plan(layout)).first { $0.kind == kind }).exposed.value
  }

  private func planner(
    _ model: String, _ layout: Layout, device name: String = "mi300x", change: (inout Interconnect) -> Void
  ) throws -> Planner {
    var device = try HardwareSource.load(name)
    var interconnect = try #require(device.interconnect)
    change(&interconnect)
    device.interconnect = interconnect
    return try Planner(
      model: ModelSource.load(model).shape, hardware: device, setup: setup, sequence: layout.sequence)
  }

  private func switched(_ interconnect: inout Interconnect) { interconnect.linkBandwidth = nil }

  @Test func `the 80 MiB between two stages take one link of 64 GB/s, 1.64 ms, and not seven`() throws {
    let layout = Layout(pipeline: 2, sequence: 4096, globalBatch: 1)
    // 4 streams of 2560 bf16 channels of 4096 tokens, forward and back.
    let bytes = 80.0 * 1024 * 1024
    let expected = Self.alpha + bytes / Self.link
    #expect(abs(expected - 1.64e-3) < 0.005e-3)
    #expect(abs(try seconds(.pipeline, "mhc-27b", layout) - 2 * expected) < 1e-6 * expected)
    let behindSwitch = Self.alpha + bytes / (7 * Self.link)
    #expect(abs(try seconds(.pipeline, "mhc-27b", layout, change: switched) - 2 * behindSwitch) < 1e-6 * expected)
  }

  @Test(arguments: [2, 4, 8])
  func `collectives of k tensor devices use the k-1 links among them: all seven of eight devices`(devices: Int) throws {
    let layout = Layout(tensor: devices, sequence: 8192, globalBatch: 1)
    let others = Double(devices - 1)
    let sent = 4096.0 * 2 * 8192 * others / Double(devices)
    // 5 collectives in each of 64 layer functions, 5 around the ends.
    let meshed = 325 * (others * Self.alpha + sent / (others * Self.link))
    let found = try seconds(.tensor, "llama-3-8b", layout)
    #expect(abs(found - meshed) < 1e-9 * meshed)
    let behindSwitch = try seconds(.tensor, "llama-3-8b", layout, change: switched)
    #expect(devices == 8 ? found == behindSwitch : found > behindSwitch)
  }

  @Test func `an MI355X has seven links of 76.8 GB/s and an Ascend 910B seven of 28`() throws {
    let layout = Layout(tensor: 2, sequence: 8192, globalBatch: 1)
    for (device, rate) in [("mi355x", 76.8e9), ("ascend-910b", 28e9)] {
      let expected = 325 * (Self.alpha + 4096.0 * 2 * 8192 / 2 / (0.8 * rate))
      let found = try seconds(.tensor, "llama-3-8b", layout, device: device)
      #expect(abs(found - expected) < 1e-9 * expected, "\(device)")
    }
  }

  @Test func `tokens go to three other devices over three links, and back`() throws {
    let layout = Layout(data: 4, expert: 4, sequence: 4096, globalBatch: 4)
    // A device has none of a token's 6 of 72 experts in C(54, 6) / C(72, 6).
    let missing = (0..<6).reduce(1.0) { $0 * Double(54 - $1) / Double(72 - $1) }
    let bytes = 3 * (1 - missing) * 2560 * 2 * 4096
    let expected = 29 * 4 * (3 * Self.alpha + bytes / (3 * Self.link))
    #expect(abs(try seconds(.expert, "mhc-27b", layout) - expected) < 1e-9 * expected)
  }

  @Test func `keys and values go round over one link, that to the next device`() throws {
    let layout = Layout(context: 4, sequence: 131_072, globalBatch: 1)
    let hop = 2.0 * 8 * 128 * 2 * 32768 / Self.link
    let expected = 32 * 3 * (2 * Self.alpha + 3 * hop)
    #expect(abs(try seconds(.context, "llama-3-8b", layout) - expected) < 1e-9 * expected)
  }

  @Test func `gradients of dense weights use seven links, those of experts on two devices one`() throws {
    let layout = Layout(data: 8, expert: 4, sequence: 4096, globalBatch: 8)
    let meshed = try seconds(.data, "mhc-27b", layout)
    let behindSwitch = try seconds(.data, "mhc-27b", layout, change: switched)
    // Of 29 layers 72 / 4 experts of 3 matrices of 2560 × 1536, in fp32: each device sends half of them twice.
    let bytes = 29.0 * 18 * 3 * 2560 * 1536 * 4
    let longer = bytes / Self.link - bytes / (7 * Self.link)
    #expect(abs(meshed - behindSwitch - longer) < 1e-6 * longer)
  }

  @Test func `stages in two domains send over the network, whatever the links`() throws {
    let layout = Layout(data: 8, pipeline: 2, expert: 8, sequence: 4096, globalBatch: 8)
    #expect(
      try seconds(.pipeline, "mhc-27b", layout) == seconds(.pipeline, "mhc-27b", layout, change: switched))
  }

  @Test(arguments: ["h800", "mi300x"])
  func `a link of the whole bandwidth is a switch, bit for bit`(device: String) throws {
    for layout in [
      Layout(tensor: 2, pipeline: 2, context: 2, sequence: 4096, globalBatch: 4),
      Layout(data: 8, pipeline: 2, expert: 4, sequence: 4096, globalBatch: 32),
    ] {
      let step = try [{ $0.linkBandwidth = $0.bandwidth }, switched].map { (change: (inout Interconnect) -> Void) in
        try planner("mhc-27b", layout, device: device, change: change).plan(layout).time.step
      }
      #expect(step[0] == step[1])
    }
  }
}
