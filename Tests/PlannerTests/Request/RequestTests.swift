import CostModel
import Planner
import Profiles
import Quantities
import Testing

/// Requests that cannot be planned say why, and none of them crashes.
@Suite struct RequestTests {
  private let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper)
  private var base: Layout { Layout(data: 8, pipeline: 4, expert: 8, sequence: 4096, globalBatch: 128) }

  private func option(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let error as PlanError {
      return error.option
    } catch { return "\(type(of: error))" }
  }

  static let wrong: [(option: String, @Sendable (inout Layout) -> Void)] = [
    ("--data", { $0.data = 0 }), ("--tensor", { $0.tensor = -1 }), ("--pipeline", { $0.pipeline = 31 }),
    ("--pipeline", { $0.pipeline = 0 }), ("--expert", { $0.expert = 5 }), ("--expert", { $0.expert = 12 }),
    ("--context", { $0.context = 3 }), ("--tensor", { $0.tensor = 64 }), ("--microbatch", { $0.microbatch = 0 }),
    ("--microbatch", { $0.microbatch = .max }), ("--sequence", { $0.sequence = 2048 }),
    ("--sequence", { $0.sequence = .min }), ("--global-batch", { $0.globalBatch = 127 }),
    ("--global-batch", { $0.globalBatch = .max }), ("--stage-layers", { $0.stageLayers = [7, 8, 8, 8] }),
    ("--stage-layers", { $0.stageLayers = [30] }), ("--stage-layers", { $0.stageLayers = [.max, .max, 16, 16] }),
    ("--stage-layers", { $0.stageLayers = [0, 10, 10, 10] }),
  ]

  @Test(arguments: wrong.indices)
  func `a layout that does not exist is an error that names its option`(_ index: Int) throws {
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    var layout = base
    Self.wrong[index].1(&layout)
    #expect(option { _ = try planner.plan(layout) } == Self.wrong[index].option)
    if Self.wrong[index].option != "--sequence" {
      #expect(option { _ = try planner.largestMicrobatch(layout) } == Self.wrong[index].option)
    }
  }

  @Test func `the base layout is planned`() throws {
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    #expect(option { _ = try planner.plan(base) } == nil)
  }

  static let wrongSetups: [(option: String, @Sendable (inout TrainingSetup) -> Void)] = [
    ("--streams", { $0.streams = 0 }), ("--fusion", { $0.connection = .hyper }),
    ("--weight-format", { $0.weightFormat = .float4 }), ("--gradient-format", { $0.gradientFormat = .float4 }),
    ("--stream-format", { $0.precision.stream = .float4 }),
    ("--activation-format", { $0.precision.activation = .float4 }),
    ("--reserve", { $0.reserve = .fraction(thousandths: 1001) }),
    ("--reserve", { $0.reserve = .fraction(thousandths: -1) }), ("--reserve", { $0.reserve = .bytes(-1) }),
    ("--streams", { ($0.connection, $0.streams) = (.kronecker, 3) }),
  ]

  @Test(arguments: wrongSetups.indices)
  func `a setup that does not exist is an error that names its option`(_ index: Int) throws {
    var setup = setup
    Self.wrongSetups[index].1(&setup)
    #expect(option { _ = try Planner.named("mhc-27b", setup, sequence: 4096) } == Self.wrongSetups[index].option)
  }

  @Test func `sizes beyond 64 bits are an error, not a crash`() throws {
    var model = try ModelSource.load("mhc-27b").shape
    model.channels = 1 << 40
    let hardware = try HardwareSource.load("h800")
    #expect(
      option { _ = try Planner(model: model, hardware: hardware, setup: setup, sequence: 4096) } == "OverflowError")
    #expect(
      option { _ = try Planner(model: model, hardware: hardware, setup: setup, sequence: .max) } == "--sequence")
  }
}
