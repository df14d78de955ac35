import CostModel
import FrameworkSettings
import Planner
import Quantities

/// A framework's settings for a plan.
struct EmitResult: Encodable {
  var framework: String
  var revision: String
  var settings: [Line]
  var compromises: [CompromiseResult]
  var notes: [String]
  var peakBytes: Int
  var stepSeconds: RangeResult
  var fits: Bool

  /// One setting.
  struct Line: Encodable {
    var topic: String
    var name: String
    var text: String
  }

  /// Something that the framework cannot do.
  struct CompromiseResult: Encodable {
    var asked: String
    var reason: String
    var nearest: String?
    var addedPeakBytes: Int
    var addedStepFraction: Double
  }

  init(_ settings: FrameworkSettings) {
    framework = settings.framework.rawValue
    revision = settings.framework.revision
    let isShell = settings.framework.language == .shell
    self.settings = settings.settings.map {
      Line(
        topic: $0.topic.rawValue, name: $0.name,
        text: isShell ? $0.shellWords.joined(separator: " ") : $0.pythonStatement)
    }
    compromises = settings.compromises.map {
      CompromiseResult(
        asked: $0.asked, reason: $0.reason, nearest: $0.nearest, addedPeakBytes: $0.peakBytes,
        addedStepFraction: $0.stepFraction)
    }
    notes = settings.notes
    peakBytes = settings.nearest.peak.count
    stepSeconds = RangeResult(settings.nearest.time.step)
    fits = settings.nearest.verdict.fits
  }
}
