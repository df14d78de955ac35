extension Pipeline {
  /// Checks the sizes against what the schedule needs.
  func check() throws(ScheduleError) {
    let sizes: [(ScheduleError.Subject, Int, most: Int)] = [
      (.stages, stages, Self.largestSize), (.microbatches, microbatches, Self.largestSize),
      (.chunks, chunks, Self.mostChunks),
    ]
    for (subject, size, most) in sizes where !(1...most).contains(size) {
      throw ScheduleError(subject, "expected 1 to \(most), found \(size)", nearest: size < 1 ? 1 : most)
    }
    if let fixed = schedule.fixedChunks, chunks != fixed {
      throw ScheduleError(
        .chunks, "expected \(fixed), which \(schedule.rawValue) has a stage, found \(chunks)", nearest: fixed)
    }
    switch schedule {
    case .gpipe, .oneForwardOneBackward, .zeroBubbleH1, .zeroBubbleV: break
    case .interleaved: try checkInterleaved()
    case .dualPipe:
      guard stages % 2 == 0 else {
        throw ScheduleError(
          .stages, "expected an even number for dualpipe, such as \(stages + 1), found \(stages)", nearest: stages + 1)
      }
      guard microbatches % 2 == 0, microbatches >= 2 * stages else {
        let nearest = max(2 * stages, microbatches + microbatches % 2)
        throw ScheduleError(
          .microbatches,
          "expected an even number of at least twice the \(stages) stages for dualpipe, such as \(nearest), "
            + "found \(microbatches)", nearest: nearest)
      }
    case .dualPipeV:
      guard microbatches >= 2 * stages else {
        throw ScheduleError(
          .microbatches,
          "expected at least twice the \(stages) stages for dualpipev, \(2 * stages), found \(microbatches)",
          nearest: 2 * stages)
      }
    }
  }

  private func checkInterleaved() throws(ScheduleError) {
    guard stages >= 2 else {
      throw ScheduleError(.stages, "expected at least 2 for interleaved, found \(stages)", nearest: 2)
    }
    guard chunks >= 2 else {
      throw ScheduleError(.chunks, "expected at least 2 for interleaved, found \(chunks)", nearest: 2)
    }
    guard microbatches % stages == 0 else {
      let below = microbatches / stages * stages
      let nearest = below > 0 && microbatches - below <= below + stages - microbatches ? below : below + stages
      throw ScheduleError(
        .microbatches,
        "expected a multiple of the \(stages) stages for interleaved, such as \(nearest), found \(microbatches)",
        nearest: nearest)
    }
  }
}
