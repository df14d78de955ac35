import CostModel
public import Quantities

/// The messages of one step on the slowest stage, of one kind, at the expected constants.
public struct CommunicationTime: Sendable {
  /// What the messages are for.
  public let kind: Kind
  /// Devices that exchange them.
  public let devices: Int
  /// Fast domains that these devices are in.
  public let domains: Int
  /// What the step would save if these messages took no time.
  public let exposed: Seconds
  /// The rest of what the stage's links are busy with them.
  public let hidden: Seconds

  /// What messages are for.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Activations around divided matrix products.
    case tensor
    /// Keys and values.
    case context
    /// Tokens to their experts and back.
    case expert
    /// Gradients and weights of what several devices hold.
    case data
    /// Streams and their gradients between stages.
    case pipeline
  }
}

extension Planner {
  /// The messages of a plan's step, by kind, in the order in which groups are filled: neighbours first.
  ///
  /// - Parameter plan: a plan of this planner.
  /// - Returns: a row a kind that the layout has; none where the device has no interconnect.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func communication(of plan: Plan) throws -> [CommunicationTime] {
    let layout = plan.layout
    let share = try DeviceShare(layout, cost)
    guard let links = try links(share) else { return [] }
    let placement = try Placement(layout, layers: model.layers.count, modules: model.predictionModules.count)
    let step = try stepTime(
      cost, share, pieces(share, links), links, placement, placement.segments(plan.stages))
    let ends = try dataEnds(of: step.slowestStage, step, cost, share, links, placement)
    let passes = Double(layout.microbatches) / Double(layout.weightCopies)
    let groups: [(CommunicationTime.Kind, DeviceGroup)] = [
      (.tensor, links.groups.tensor), (.context, links.groups.context), (.expert, links.groups.expert),
      (.data, links.groups.data), (.pipeline, links.groups.pipeline),
    ]
    return try groups.filter { $0.1.size > 1 }.map { kind, group in
      let saved = (step.seconds - (try step.without(kind)))[.expected]
      let perPass: Corners =
        kind == .pipeline
        ? step.sent(by: placement.partsOfStage[step.slowestStage]) : step.slowest.messages(kind)
      var busy = passes * perPass[.expected]
      if kind == .data { busy += (ends.exposed + ends.hidden)[.expected] }
      return CommunicationTime(
        kind: kind, devices: group.size, domains: group.domains, exposed: Seconds(max(0, saved)),
        hidden: Seconds(max(0, busy - max(0, saved))))
    }
  }
}

extension StepTime {
  /// Seconds of the step without one kind of messages.
  func without(_ kind: CommunicationTime.Kind) throws -> Corners {
    var step = self
    step.remove(kind)
    return try step.step() + step.dataExposed
  }

  /// Seconds that the links of a stage send streams and gradients for one microbatch.
  func sent(by parts: [Int]) -> Corners {
    parts.reduce(Corners.zero) { $0 + messages[$1] + ($1 > 0 ? messages[$1 - 1] : .zero) }
  }
}

extension StageTime {
  /// Seconds of one kind of messages for one microbatch, hidden ones included.
  func messages(_ kind: CommunicationTime.Kind) -> Corners {
    [forwardMessages, backwardMessages, recomputeMessages].reduce(Corners.zero) { sum, time in
      switch kind {
      case .tensor: sum + time.tensor
      case .context: sum + time.context + time.hiddenContext
      case .expert: sum + time.expert
      case .data: sum + time.data + time.hiddenData
      case .pipeline: sum
      }
    }
  }

  /// Takes one kind of messages out.
  mutating func remove(_ kind: CommunicationTime.Kind) {
    forwardMessages.remove(kind)
    backwardMessages.remove(kind)
    recomputeMessages.remove(kind)
  }
}

extension MessageTime {
  /// Takes one kind of messages out.
  mutating func remove(_ kind: CommunicationTime.Kind) {
    switch kind {
    case .tensor: tensor = .zero
    case .context: context = .zero
    case .expert: expert = .zero
    case .data: data = .zero
    case .pipeline: break
    }
  }
}
