import Planner
import Quantities

/// The layouts of a space that exist for a model, in one order: by pipeline, tensor, context, expert, microbatch.
struct LayoutEnumeration {
  /// The layouts.
  private(set) var layouts: [Layout] = []
  /// Why the layout that came nearest to existing does not; nil where one was looked at and exists.
  private(set) var nearest: PlanError?

  private let space: SearchSpace
  private let planner: Planner
  private var divisors = Divisors()
  private let largestTrialCount: Int
  private var trials = 0
  private var nearestRank = -1

  /// Looks at every combination of sizes that makes up the devices.
  ///
  /// - Parameters:
  ///   - space: the sizes.
  ///   - planner: of the model.
  ///   - largestTrialCount: combinations that are looked at, at most.
  /// - Throws: ``PlanError`` for sizes out of range, or where there are too many combinations to look at.
  init(
    _ space: SearchSpace, _ planner: Planner, largestTrialCount: Int = SearchSpace.largestTrialCount
  ) throws {
    self.largestTrialCount = largestTrialCount
    self.space = space
    self.planner = planner
    try checkRanges()
    let (devices, sizes) = (space.devices, space.sizes)
    let all = divisors(devices)
    for pipeline in sizes.pipeline ?? all where devices % pipeline == 0 {
      for tensor in sizes.tensor ?? all where devices / pipeline % tensor == 0 {
        for context in sizes.context ?? all where devices / pipeline / tensor % context == 0 {
          let data = devices / pipeline / tensor / context
          if let allowed = sizes.data, !allowed.contains(data) { continue }
          try add(
            Layout(
              data: data, tensor: tensor, sequenceParallel: space.sequenceParallel, pipeline: pipeline,
              context: context, sequence: space.sequence, globalBatch: space.globalBatch))
        }
      }
    }
    guard layouts.isEmpty, nearest == nil else { return }
    nearest = PlanError(
      "--devices",
      "expected data × tensor × pipeline × context of sizes that are allowed, found no such sizes "
        + "for \(devices)")
  }

  /// Adds the layouts with these sizes, of every expert size and microbatch.
  private mutating func add(_ outer: Layout) throws {
    // What neither experts nor the batch can mend is looked at once.
    var probe = outer
    probe.globalBatch = outer.data
    guard try exists(probe) else { return }
    let experts = space.sizes.expert ?? divisors(outer.data * outer.tensor * outer.context)
    let perReplica = space.globalBatch / outer.data
    let microbatches = space.sizes.microbatch ?? (perReplica > 0 ? divisors(perReplica) : [1])
    for expert in experts {
      for microbatch in microbatches {
        var layout = outer
        (layout.expert, layout.microbatch) = (expert, microbatch)
        if try exists(layout) { layouts.append(layout) }
      }
    }
  }

  private mutating func exists(_ layout: Layout) throws -> Bool {
    trials += 1
    guard trials <= largestTrialCount else {
      throw PlanError(
        "--devices",
        "expected at most \(largestTrialCount) combinations of sizes, found more; "
          + "give some as lists, such as --tensor 1,2,4,8")
    }
    do {
      try planner.check(layout)
      return true
    } catch let error as PlanError {
      // The later a check, the nearer the layout was.
      let rank =
        ["--context", "--tensor", "--expert", "--pipeline", "--global-batch"].firstIndex(of: error.option) ?? 0
      if rank > nearestRank { (nearest, nearestRank) = (error, rank) }
      return false
    }
  }

  private func checkRanges() throws(PlanError) {
    let sizes = space.sizes
    for (option, list) in [
      ("--devices", [space.devices]), ("--sequence", [space.sequence]), ("--global-batch", [space.globalBatch]),
      ("--data", sizes.data ?? []), ("--tensor", sizes.tensor ?? []), ("--pipeline", sizes.pipeline ?? []),
      ("--expert", sizes.expert ?? []), ("--context", sizes.context ?? []), ("--microbatch", sizes.microbatch ?? []),
    ] {
      for size in list where !(1...Layout.largestSize).contains(size) {
        throw PlanError(option, "expected 1 to \(Layout.largestSize), found \(size)")
      }
    }
  }
}
