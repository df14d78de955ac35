import CostModel
import Planner
import Profiles
import Quantities
import Schedules

/// What a plan takes for granted, and what it leaves out.
enum PlanNotes {
  /// - Parameters:
  ///   - loaded: the model.
  ///   - planner: plans it.
  ///   - layouts: the layout, or all that a search tries.
  /// - Returns: a sentence each.
  static func assumptions(_ loaded: LoadedModel, _ planner: Planner, _ layouts: [Layout]) -> [String] {
    let hardware = planner.hardware
    let setup = planner.setup
    var notes = hardware.provenance.filter { $0.kind == .assumed }.map {
      "\(hardware.name): \($0.key) is assumed: \($0.source)"
    }
    let schedules = Set(layouts.map(\.schedule))
    notes += ScheduleName.allCases.filter(schedules.contains).map(schedule)
    notes += [
      "layers are spread evenly, prediction modules counted as layers, what is left over on the latest stages but the last; "
        + "embedding on the first, output head and prediction modules on the last",
      "attention never stores its scores (FlashAttention); experts are balanced; no dropout",
      "backward of a matrix product is twice its forward, of an attention core 2.5 times",
      "reserve of \(setup.reserve.argument) of the device's memory for context, communication buffers and fragmentation",
      "logits: 6 bytes each, bf16 and fp32; gradients inside one layer function as large as what it keeps",
      "a verdict is sure if a fifth more activations would not change it",
      "t = t0 + max(bytes / (η B), FLOPs / (η' P)) for every operation of a stage, one after another; a connection's own "
        + "arithmetic and all vector code at the full peak, η' being what layer functions' products reach",
      "a layer function takes at least as long as memory takes to read its weights, and backwards to read them again and to write "
        + "their gradients",
    ]
    if setup.matrixFormat != .bfloat16 {
      notes.append(
        "activations are kept in bf16 whatever format products take them in: \(setup.matrixFormat.rawValue) saves no memory"
      )
    }
    if hardware.interconnect != nil { notes += messages(planner, layouts) }
    if loaded.shape.streams == 1 && setup.connection != .residual {
      notes.append("the model has plain residual connections; planned with \(setup.streams) streams")
    }
    return notes + loaded.notes
  }

  private static func schedule(_ name: ScheduleName) -> String {
    switch name {
    case .oneForwardOneBackward:
      "one-forward-one-backward pipeline of equal microbatches; every stage holds as many of them as there are stages "
        + "behind it, itself included"
    case .gpipe: "GPipe: every stage holds all microbatches of a step"
    default:
      "\(name.rawValue): every stage computes its passes in the published order; memory follows from it, and "
        + "what waits for the gradients of weights holds all that its layer functions keep"
    }
  }

  private static func messages(_ planner: Planner, _ layouts: [Layout]) -> [String] {
    let isOverlapped = planner.setup.overlap.overlapsCommunication
    var notes = [
      "a message takes alpha + bytes / bandwidth in each tier, the network's first; devices fill domains in the order tensor, "
        + "context, data, pipeline, and experts are spread over neighbours",
      "gathers and scatters are rings, but where every two devices have a link of their own",
      "built-in devices have as η' what whole published runs reached of the peak, their waits included; a plan adds its own waits, "
        + "so that a run tuned as well as those is quicker than expected here",
    ]
    if let link = planner.hardware.interconnect?.linkBandwidth {
      notes.append(
        "a device sends another of its domain at most \(HardwareText.rate(link.value)): collectives of k devices use "
          + "k-1 such links at once, a message between stages and a hop of a ring one")
    }
    if layouts.contains(where: { $0.expert > 1 }) { notes.append(routing(planner.model)) }
    notes.append(
      isOverlapped
        ? "messages between stages, the ring's behind the attention core, and sharded gradients and weights behind a pass run "
          + "beside computing; tensor and expert messages are waited for, but in DualPipe's pairs of passes"
        : "nothing runs beside a message")
    return notes
  }

  private static func routing(_ model: ModelShape) -> String {
    let groups = model.layers.compactMap { layer -> ExpertGroups? in
      if case .mixture(let mixture) = layer.feedForward { mixture.groups } else { nil }
    }.first
    return
      "a token goes once to each domain that has any of its experts, and there once to each device that has any, both "
      + "tiers at a time; any set of experts is as likely as every other"
      + (groups.map { ", within \($0.active) of \($0.count) groups of neighbours" } ?? "")
      + "; sent in the activations' format, both ways"
  }

  static func excluded(_ hardware: Hardware) -> [String] {
    (hardware.interconnect == nil
      ? ["communication: \(hardware.name) has no interconnect in its profile, so that messages take no time here"]
      : ["contention of messages with one another, and with computing, for links and memory"]) + always
  }

  private static let always = [
    "the optimizer's step and data loading",
    "memory of kernels' workspaces, communication libraries and the allocator, beyond the reserve",
  ]
}
