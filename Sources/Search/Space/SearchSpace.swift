/// Everything that a search tries.
public struct SearchSpace: Hashable, Sendable {
  /// Devices, all of them used.
  public var devices: Int
  /// S: tokens of a sequence.
  public var sequence: Int
  /// Sequences of one step, over all replicas.
  public var globalBatch: Int
  /// Whether tensor-parallel devices share the tokens of what is not a matrix product.
  public var sequenceParallel: Bool
  /// Sizes of the layout.
  public var sizes: LayoutSizes
  /// How the model is trained.
  public var settings: SettingLists
  /// What is asked besides the best as it is.
  public var questions: [Question]

  /// A space; nothing is checked here.
  public init(
    devices: Int, sequence: Int, globalBatch: Int, sequenceParallel: Bool = true, sizes: LayoutSizes = LayoutSizes(),
    settings: SettingLists, questions: [Question] = []
  ) {
    self.devices = devices
    self.sequence = sequence
    self.globalBatch = globalBatch
    self.sequenceParallel = sequenceParallel
    self.sizes = sizes
    self.settings = settings
    self.questions = questions
  }

  /// The most settings that are tried on a layout.
  public static let largestSettingCount = 4096
  /// The most combinations of sizes that are looked at for layouts that exist.
  public static let largestTrialCount = 1 << 20
}
