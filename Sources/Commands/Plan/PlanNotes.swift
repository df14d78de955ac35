import CostModel
import Planner
import Profiles
import Quantities

/// What a plan takes for granted, and what it leaves out.
enum PlanNotes {
  static func assumptions(_ loaded: LoadedModel, _ planner: Planner, _ plan: Plan) -> [String] {
    let hardware = planner.hardware
    let setup = planner.setup
    var notes = hardware.provenance.filter { $0.kind == .assumed }.map {
      "\(hardware.name): \($0.key) is assumed: \($0.source)"
    }
    notes += [
      "one-forward-one-backward pipeline of equal microbatches; every stage holds as many of them as there are stages "
        + "behind it, itself included",
      "layers are spread evenly, prediction modules counted as layers, what is left over on the latest stages but the last; "
        + "embedding on the first, output head and prediction modules on the last",
      "attention never stores its scores (FlashAttention); experts are balanced; no dropout",
      "backward of a matrix product is twice its forward, of an attention core 2.5 times",
      "reserve of \(setup.reserve.argument) of the device's memory for context, communication buffers and fragmentation",
      "logits: 6 bytes each, bf16 and fp32; gradients inside one layer function as large as what it keeps",
      "a verdict is sure if a fifth more activations would not change it",
      "t = t0 + max(bytes / (η B), FLOPs / (η' P)) for every operation; nothing overlaps",
    ]
    if loaded.shape.streams == 1 && setup.connection != .residual {
      notes.append("the model has plain residual connections; planned with \(setup.streams) streams")
    }
    return notes + loaded.notes
  }

  static let excluded = [
    "communication and its overlap: tensor, expert, context, pipeline and data parallel messages take no time here",
    "the optimizer's step and data loading",
    "memory of kernels' workspaces, communication libraries and the allocator, beyond the reserve",
  ]
}
