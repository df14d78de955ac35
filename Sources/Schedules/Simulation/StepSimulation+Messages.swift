import Quantities

extension StepSimulation {
  /// Sends a part's output to the part behind, or notes that the last part can go back.
  mutating func sendForward(
    _ part: Int, _ microbatch: Int, _ chunk: Int, from start: Int, _ stage: Int, _ ready: inout [Int]
  ) {
    guard part + 1 < work.count else {
      Self.arrive(&backward, index(part, Int32(microbatch)), sent: start, at: start, &ready)
      return
    }
    let goesUp = isAscending(part, microbatch)
    let times = send(
      work[part].forwardMessage, isForward: true, goesUp: goesUp, microbatch, chunk, from: start, stage,
      to: pipeline.place(ofPart: part + 1, microbatch: microbatch).stage)
    Self.arrive(&forward, index(part + 1, Int32(microbatch)), sent: times.sent, at: times.arrived, &ready)
  }

  /// Sends the gradient of a part's input to the part before, if there is one.
  mutating func sendBackward(
    _ part: Int, _ microbatch: Int, _ chunk: Int, from start: Int, _ stage: Int, _ ready: inout [Int]
  ) {
    guard part > 0 else { return }
    let goesUp = !isAscending(part - 1, microbatch)
    let times = send(
      work[part].backwardMessage, isForward: false, goesUp: goesUp, microbatch, chunk, from: start, stage,
      to: pipeline.place(ofPart: part - 1, microbatch: microbatch).stage)
    Self.arrive(&backward, index(part - 1, Int32(microbatch)), sent: times.sent, at: times.arrived, &ready)
  }

  /// Whether the stage of the part behind is the next one, not the previous one.
  private func isAscending(_ part: Int, _ microbatch: Int) -> Bool {
    switch pipeline.schedule.placement {
    case .looped: true
    case .folded: part < pipeline.stages
    case .bidirectional: microbatch < pipeline.microbatches / 2
    }
  }

  /// One message on its lanes.
  private mutating func send(
    _ message: Message, isForward: Bool, goesUp: Bool, _ microbatch: Int, _ chunk: Int, from ready: Int, _ stage: Int,
    to receiver: Int
  ) -> (sent: Int, arrived: Int) {
    guard receiver != stage, message.time.count > 0 else { return (ready, ready) }
    let lane = (isForward ? 0 : 2) + (goesUp ? 0 : 1)
    let start = max(ready, stages[stage].sendFree[lane])
    let end = start + message.time.count
    stages[stage].sendFree[lane] = end
    // Without overlap the stage does nothing else until the message is gone.
    if !options.overlapsCommunication { stages[stage].free = max(stages[stage].free, end) }
    stages[stage].hold(message.buffer.count, from: ready, to: end)
    if records {
      let kind: TimelineEvent.Kind = isForward ? .forwardMessage : .backwardMessage
      stages[stage].events.append(
        TimelineEvent(kind, Lane.sending[lane], start, end, microbatch: microbatch, chunk: chunk))
      stages[receiver].events.append(
        TimelineEvent(kind, Lane.receiving[lane], start, end, microbatch: microbatch, chunk: chunk))
    }
    stages[receiver].lastEnd = max(stages[receiver].lastEnd, end)
    stages[stage].lastEnd = max(stages[stage].lastEnd, end)
    return (start, end)
  }

  /// The buffer of a message from its start until a pass takes it over.
  mutating func receive(
    _ arrival: Arrival, _ part: Int, isForward: Bool, at start: Int, _ stage: Int
  ) {
    guard arrival.sent < arrival.time else { return }
    let sender = isForward ? part - 1 : part + 1
    guard work.indices.contains(sender) else { return }
    let message = isForward ? work[sender].forwardMessage : work[sender].backwardMessage
    stages[stage].hold(message.buffer.count, from: arrival.sent, to: start)
  }

  private static func arrive(
    _ arrivals: inout [Arrival], _ index: Int, sent: Int, at time: Int, _ ready: inout [Int]
  ) {
    arrivals[index].sent = sent
    arrivals[index].time = time
    let waiter = arrivals[index].waiter
    if waiter >= 0 { ready.append(Int(waiter)) }
  }
}

extension Lane {
  /// In the order: forward up, forward down, backward up, backward down.
  static let sending: [Lane] = [
    .sendForwardToNext, .sendForwardToPrevious, .sendBackwardToNext, .sendBackwardToPrevious,
  ]
  /// The other ends of these.
  static let receiving: [Lane] = [
    .receiveForwardFromPrevious, .receiveForwardFromNext, .receiveBackwardFromPrevious, .receiveBackwardFromNext,
  ]
}
