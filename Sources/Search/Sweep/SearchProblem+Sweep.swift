import CostModel
import Planner
import Quantities

/// What a sweep over a space has come to.
public struct SweepResult: Hashable, Sendable {
  /// What was found.
  public var findings: Findings
  /// How many candidates there were.
  public var tally: Tally
  /// Whether the part was gone through to its end.
  public var isComplete: Bool
}

extension SearchProblem {
  /// Plans every candidate of a part.
  ///
  /// The result is the same whatever the number of tasks, unless it is ended early.
  ///
  /// - Parameters:
  ///   - shard: the part.
  ///   - limit: layouts that the findings hold at most.
  ///   - tasks: how many tasks share the work, at least 1.
  ///   - isCancelled: asked now and then; true ends the sweep with what was found until then.
  ///   - progress: told now and then how many layouts were gone through since it was told last, from any task.
  /// - Returns: what was found.
  /// - Throws: an error of the planner that is not about a single candidate.
  public func sweep(
    _ shard: Shard = .whole, limit: Int = 10, tasks: Int = 1, isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (_ layouts: Int) -> Void = { _ in }
  ) async throws -> SweepResult {
    let queue = ChunkQueue(total: shard.share(of: layouts.count))
    return try await withThrowingTaskGroup(of: SweepResult.self) { group in
      for _ in 0..<max(1, tasks) {
        group.addTask {
          var result = SweepResult(findings: Findings(limit: limit), tally: Tally(), isComplete: true)
          while let chunk = await queue.next() {
            if isCancelled() {
              result.isComplete = false
              break
            }
            for position in chunk { try visit(shard.place(position), &result) }
            progress(chunk.count)
          }
          return result
        }
      }
      var whole = SweepResult(findings: Findings(limit: limit), tally: Tally(), isComplete: true)
      for try await part in group {
        whole.findings.add(part.findings)
        whole.tally += part.tally
        whole.isComplete = whole.isComplete && part.isComplete
      }
      return whole
    }
  }

  /// Plans one layout under all settings of all questions.
  private func visit(_ place: Int, _ result: inout SweepResult) throws {
    let layout = layouts[place]
    result.tally.layouts += 1
    var memory = LayoutMemory()
    for variation in variations {
      for (position, setting) in variation.settings.enumerated() {
        guard let figures = try variation.planners[position].figuresIfItExists(layout, &memory) else { continue }
        let candidate = Candidate(
          question: variation.question, index: place * variation.settings.count + position, layout: layout,
          setting: setting, stepSeconds: figures.step.value, peakBytes: figures.peak.count, fits: figures.fits)
        result.tally.planned += 1
        if variation.question == .asked {
          result.tally.asked += 1
          if candidate.fits { result.tally.fitting += 1 }
        }
        result.findings.add(candidate)
      }
    }
  }
}

extension Planner {
  /// The figures of a layout; nil where the setup excludes the layout, or its sizes cannot be counted.
  fileprivate func figuresIfItExists(_ layout: Layout, _ memory: inout LayoutMemory) throws -> PlanFigures? {
    do {
      let figures = try figures(of: layout, reusing: &memory)
      return figures.step.value.isFinite ? figures : nil
    } catch is PlanError {
      return nil
    } catch is OverflowError {
      return nil
    } catch is RecomputeProblemError {
      return nil
    }
  }
}

/// Hands out layouts to tasks, a few at a time.
private actor ChunkQueue {
  private let total: Int
  private var position = 0

  init(total: Int) { self.total = total }

  /// The next few positions; nil when there are no more.
  func next() -> Range<Int>? {
    guard position < total else { return nil }
    let chunk = position..<min(total, position + 16)
    position = chunk.upperBound
    return chunk
  }
}
