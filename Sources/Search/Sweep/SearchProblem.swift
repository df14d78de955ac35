public import CostModel
public import Planner
import Quantities

/// A search made ready: its layouts listed, its model costed under every setting.
public struct SearchProblem: Sendable {
  /// What is tried.
  public let space: SearchSpace
  /// How the model is trained, apart from what varies.
  public let setup: TrainingSetup
  /// The layouts that exist, in their order.
  public let layouts: [Layout]
  /// Why no layout exists, by the one that came nearest; nil where there are some.
  public let nearest: PlanError?
  /// The settings of each question, with their planners; the question as asked comes first.
  let variations: [Variation]

  /// One question's settings.
  struct Variation: Sendable {
    let question: Question
    let settings: [Setting]
    let planners: [Planner]
  }

  /// Lists layouts and costs the model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - hardware: the device.
  ///   - setup: how the model is trained, apart from what `space` varies.
  ///   - space: what is tried.
  /// - Throws: `PlanError` for a space with sizes out of range, with a setting that does not exist, or too large;
  ///   `OverflowError` for sizes beyond 64 bits.
  public init(model: ModelShape, hardware: Hardware, setup: TrainingSetup, space: SearchSpace) throws {
    self.space = space
    self.setup = setup
    guard let count = space.settings.count, (1...SearchSpace.largestSettingCount).contains(count) else {
      throw PlanError(
        "--streams",
        "expected 1 to \(SearchSpace.largestSettingCount) combinations of --streams, --fusion, --zero, "
          + "--layer-recompute and --recompute, found \(space.settings.count.map(String.init) ?? "more")")
    }
    var variations: [Variation] = []
    for question in [.asked] + Set(space.questions).subtracting([.asked]).sorted() {
      let settings = Self.settings(space.settings, question, setup.connection)
      let (device, base) = try Self.memory(hardware, setup, question)
      var planners: [Planner] = []
      for setting in settings {
        let setup = setting.setup(base)
        // The more two setups have in common, the less is costed again.
        let others = planners + (device == hardware ? variations.first?.planners ?? [] : [])
        let known = others.first { $0.setup.layerRecompute == setup.layerRecompute } ?? others.first
        planners.append(
          try known?.under(setup)
            ?? Planner(model: model, hardware: device, setup: setup, sequence: space.sequence))
      }
      variations.append(Variation(question: question, settings: settings, planners: planners))
    }
    self.variations = variations
    let enumeration = try LayoutEnumeration(space, variations[0].planners[0])
    layouts = enumeration.layouts
    nearest = layouts.isEmpty ? enumeration.nearest : nil
  }

  /// Candidates of all questions.
  public var candidateCount: Int { layouts.count * variations.reduce(0) { $0 + $1.settings.count } }

  /// Candidates of one question; 0 for one that is not asked.
  public func candidateCount(_ question: Question) -> Int {
    layouts.count * (variations.first { $0.question == question }?.settings.count ?? 0)
  }

  /// The planner that a candidate of this problem was planned with.
  public func planner(of candidate: Candidate) -> Planner? {
    guard let variation = variations.first(where: { $0.question == candidate.question }),
      let place = variation.settings.firstIndex(of: candidate.setting)
    else { return nil }
    return variation.planners[place]
  }

  /// The settings that a question is answered with.
  private static func settings(
    _ lists: SettingLists, _ question: Question, _ connection: Connection
  ) -> [Setting] {
    var lists = lists
    switch question {
    case .asked, .moreMemory: break
    case .streams(let count): lists.streams = [count]
    case .residual:
      (lists.streams, lists.fusions) = ([1], [.unfused])
      // As a plan compares itself with one.
      var settings: [Setting] = []
      for var setting in lists.settings(.residual) {
        setting.streamRecompute = setting.streamRecompute.ofResidual(setting.layerRecompute)
        if !settings.contains(setting) { settings.append(setting) }
      }
      return settings
    }
    return lists.settings(connection)
  }

  /// The device and setup with the memory that a question allows: taken from the reserve, and what that is short of
  /// added to the device.
  private static func memory(
    _ hardware: Hardware, _ setup: TrainingSetup, _ question: Question
  ) throws -> (Hardware, TrainingSetup) {
    guard case .moreMemory(let more) = question else { return (hardware, setup) }
    var (hardware, setup) = (hardware, setup)
    let capacity = hardware.memoryCapacity.value
    let reserve = try setup.reserve.size(of: capacity).count
    let taken = min(more, max(0, reserve))
    setup.reserve = .bytes(reserve - taken)
    if taken < more { hardware.memoryCapacity.value = try capacity + Bytes(more - taken) }
    return (hardware, setup)
  }
}

extension SearchProblem {
  /// Settings tried on each layout, as asked.
  public var settingCount: Int { variations[0].settings.count }

  /// The planner of the first setting.
  public var firstPlanner: Planner? { variations[0].planners.first }
}
