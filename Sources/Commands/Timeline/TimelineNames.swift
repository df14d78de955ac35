import Schedules

extension Lane {
  /// The lane as a thread is named.
  var title: String {
    switch self {
    case .compute: "compute"
    case .priority: "compute, high priority"
    case .communication: "communication in the stage"
    case .sendForwardToNext: "send activations to the next stage"
    case .sendForwardToPrevious: "send activations to the previous stage"
    case .sendBackwardToNext: "send gradients to the next stage"
    case .sendBackwardToPrevious: "send gradients to the previous stage"
    case .receiveForwardFromNext: "receive activations from the next stage"
    case .receiveForwardFromPrevious: "receive activations from the previous stage"
    case .receiveBackwardFromNext: "receive gradients from the next stage"
    case .receiveBackwardFromPrevious: "receive gradients from the previous stage"
    }
  }
}

extension TimelineEvent.Kind {
  /// The kind in a few words.
  var title: String {
    switch self {
    case .forward: "forward"
    case .backward: "backward"
    case .backwardInput: "backward, inputs"
    case .backwardWeight: "backward, weights"
    case .recompute: "recompute"
    case .pair: "forward and backward"
    case .merge: "F_post,res"
    case .forwardCommunication: "communication, forward"
    case .backwardCommunication: "communication, backward"
    case .forwardMessage: "activations"
    case .backwardMessage: "gradients"
    }
  }

  /// The kind in a letter; small for the second chunk of a stage and those after it.
  var letter: Character {
    switch self {
    case .forward: "F"
    case .backward: "B"
    case .backwardInput: "I"
    case .backwardWeight: "W"
    case .recompute: "R"
    case .pair: "X"
    case .merge: "M"
    case .forwardCommunication, .backwardCommunication, .forwardMessage, .backwardMessage: "~"
    }
  }
}

extension TimelineEvent {
  /// Letter and microbatch: `F 3`, `F 3 & B 1`.
  var title: String {
    switch kind {
    case .pair: "F \(microbatch) & B \(backwardMicrobatch)"
    case .forwardCommunication, .forwardMessage: "F \(microbatch) \(kind == .forwardMessage ? "sent" : "shared")"
    case .backwardCommunication, .backwardMessage: "B \(microbatch) \(kind == .backwardMessage ? "sent" : "shared")"
    default: "\(kind.letter) \(microbatch)"
    }
  }
}

extension MemoryPurpose {
  /// The purpose as a key of JSON.
  var key: String {
    switch self {
    case .fixed: "fixed"
    case .activations: "activations"
    case .weightGradients: "weightGradients"
    case .recompute: "recompute"
    case .forwardTransient: "forwardTransient"
    case .messages: "messages"
    }
  }
}
