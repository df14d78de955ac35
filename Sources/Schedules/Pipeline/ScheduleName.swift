/// The schedules of a training step over pipeline stages.
///
/// The raw value is the name on the command line.
public enum ScheduleName: String, CaseIterable, Hashable, Sendable {
  /// All forward passes, then all backward passes.
  /// - Source: GPipe (arXiv:1811.06965) §2.3.
  case gpipe
  /// One forward, one backward, with a flush at the end of the step.
  /// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2.
  case oneForwardOneBackward = "1f1b"
  /// One forward, one backward over several chunks of the model a stage.
  /// - Source: Megatron-LM (arXiv:2104.04473) §2.2.2.
  case interleaved
  /// One forward, one backward with the gradients of the weights put off, in the memory of `1f1b`.
  /// - Source: Zero Bubble (arXiv:2401.10241) §2.1.
  case zeroBubbleH1 = "zb-h1"
  /// Two chunks a stage, the model laid down and up again as a V.
  /// - Source: Zero Bubble (arXiv:2401.10241) §6.
  case zeroBubbleV = "zb-v"
  /// Microbatches from both ends at once; every stage holds two parts of the model.
  /// - Source: DeepSeek-V3 (arXiv:2412.19437) §3.2.1.
  case dualPipe = "dualpipe"
  /// DualPipe folded in half: two chunks a stage, laid as a V.
  /// - Source: DualPipe (https://github.com/deepseek-ai/DualPipe), DualPipeV.
  case dualPipeV = "dualpipev"

  /// How the parts of the model lie on the stages.
  var placement: Placement {
    switch self {
    case .gpipe, .oneForwardOneBackward, .zeroBubbleH1, .interleaved: .looped
    case .zeroBubbleV, .dualPipeV: .folded
    case .dualPipe: .bidirectional
    }
  }

  /// Chunks of the model that a stage holds, where the schedule fixes their number.
  public var fixedChunks: Int? {
    switch self {
    case .gpipe, .oneForwardOneBackward, .zeroBubbleH1: 1
    case .interleaved: nil
    case .zeroBubbleV, .dualPipe, .dualPipeV: 2
    }
  }

  /// Whether a forward and a backward pass of two microbatches run as one, each hiding the other's communication.
  public var overlapsPairs: Bool { self == .dualPipe || self == .dualPipeV }
}

/// How the parts of the model, front to back, lie on the stages.
enum Placement: Sendable {
  /// Part c·p + s is chunk c of stage s.
  case looped
  /// Part s is chunk 0 of stage s, part 2p − 1 − s its chunk 1.
  case folded
  /// Part s is chunk 0 of stage s for the first half of the microbatches; part p − 1 − s its chunk 1 for the second.
  case bidirectional
}
