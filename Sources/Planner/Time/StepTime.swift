import Quantities

/// The time of a step from the times of its stages.
struct StepTime: Sendable {
  private let layout: Layout
  /// One microbatch on each stage.
  private(set) var stages: [StageTime] = []
  /// The streams from each stage to the next.
  private(set) var boundaries: [Corners] = []
  /// Gradients and weights at the ends of a step, beside computing, on each stage.
  private(set) var dataHidden: [Corners] = []
  /// What a step waits for them on the stage that waits longest.
  private(set) var dataExposed = Corners.zero
  /// The slowest stage at the expected constants.
  private(set) var slowestStage = 0
  /// Seconds of a step.
  private(set) var seconds = Corners.zero

  init(_ layout: Layout) {
    self.layout = layout
    stages.reserveCapacity(layout.pipeline)
    boundaries.reserveCapacity(layout.pipeline)
  }

  /// Adds the next stage, front to back.
  mutating func add(
    _ time: StageTime, _ stage: Stage, _ share: DeviceShare, _ cost: ModelCost, _ links: LayoutLinks?
  ) throws(OverflowError) {
    var time = time
    var (boundary, hidden) = (Corners.zero, Corners.zero)
    if let links {
      let data = try DataMessages(stage, share, cost, links)
      data.add(to: &time, isHidden: true)
      let ends = data.atEnds(of: time, isHidden: true)
      dataExposed = pointwiseMax(dataExposed, ends.exposed)
      hidden = ends.hidden
      if !stage.isLast {
        boundary = links.streams.seconds(links.groups.boundary(after: stage.index, bytes: share.streamBytes))
      }
    }
    if stages.isEmpty || time.total[.expected] > stages[slowestStage].total[.expected] { slowestStage = stages.count }
    stages.append(time)
    boundaries.append(boundary)
    dataHidden.append(hidden)
  }

  /// Times the step once all stages are there.
  mutating func finish() {
    let paces = stages.indices.map { StagePace(stages[$0], message: boundaries[$0]) }
    seconds = OrderedStep.oneForwardOneBackward(paces, microbatches: layout.microbatches) + dataExposed
  }
}
