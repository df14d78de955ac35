import Quantities
import Schedules
import TestSupport
import Testing

@Suite struct `Against another simulator` {
  @Test(arguments: 1...80 as ClosedRange<UInt64>)
  func `Everything starts when a simulator that goes unit by unit starts it`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var step = RandomStep(&generator)
    // Pairs have tests of their own; without overlap their passes run one after the other.
    if step.pipeline.schedule.overlapsPairs { step.options.overlapsCommunication = false }
    let timeline = try step.timeline()
    var other = TickSimulator(step, timeline)
    other.run()
    for stage in timeline.stages {
      let starts = stage.events.filter { $0.lane == .compute }.map(\.start.count)
      #expect(other.starts[stage.stage] == starts)
    }
    #expect(other.end == timeline.makespan.count)
  }
}
