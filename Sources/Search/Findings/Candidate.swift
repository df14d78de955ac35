public import Planner

/// One layout under one setting, with what its plan takes.
public struct Candidate: Hashable, Sendable {
  /// The question that it is planned for.
  public var question: Question
  /// Its place among all candidates of the question, counted from 0.
  public var index: Int
  /// The layout.
  public var layout: Layout
  /// How the model is trained.
  public var setting: Setting
  /// Predicted time of a step, at the expected constants.
  public var stepSeconds: Double
  /// The highest peak of all devices.
  public var peakBytes: Int
  /// Whether it fits into the memory that the question allows.
  public var fits: Bool

  /// A candidate.
  public init(
    question: Question, index: Int, layout: Layout, setting: Setting, stepSeconds: Double, peakBytes: Int, fits: Bool
  ) {
    self.question = question
    self.index = index
    self.layout = layout
    self.setting = setting
    self.stepSeconds = stepSeconds
    self.peakBytes = peakBytes
    self.fits = fits
  }

  /// Whether it is the better of two: faster; if equally fast, with less memory; if alike, the earlier.
  public func isFaster(than other: Candidate) -> Bool {
    (stepSeconds, peakBytes, index) < (other.stepSeconds, other.peakBytes, other.index)
  }

  /// Whether it takes less memory; if as much, less time; if alike, whether it is the earlier.
  public func isSmaller(than other: Candidate) -> Bool {
    (peakBytes, stepSeconds, index) < (other.peakBytes, other.stepSeconds, other.index)
  }
}
