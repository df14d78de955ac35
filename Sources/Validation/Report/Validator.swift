public import CostModel
import LayerRuntime
import Quantities

/// Runs a validation: counts and memory first, then times.
public struct Validator {
  /// What to run.
  public struct Scope: Hashable, Sendable {
    /// About a third of all cases.
    public var isQuick: Bool
    /// Only cases whose name contains this, or one of several parts with commas between them.
    public var only: String?

    /// A scope.
    public init(isQuick: Bool, only: String? = nil) { (self.isQuick, self.only) = (isQuick, only) }

    fileprivate func takes(_ name: String) -> Bool {
      only.map { $0.split(separator: ",").contains { name.contains($0) } } ?? true
    }
  }

  /// What to run.
  public let scope: Scope
  /// The machine's rates.
  public let rates: MachineRates

  /// A validation on this machine.
  public init(_ scope: Scope, rates: MachineRates) { (self.scope, self.rates) = (scope, rates) }

  /// Every case's name, in the order in which they run.
  public static func names(_ scope: Scope) throws -> [String] {
    let times = try TimeCases.all(quick: scope.isQuick).joined().map(\.name)
    let memory = try memoryCases(scope).map { "memory/" + $0.name } + residentCases(scope).map { "resident/" + $0.name }
    let counts = MemoryCases.connections.map { "counts/\($0.kind.rawValue)/n\($0.streams)" }
    return (counts + memory + times + ["sweep"]).filter { scope.takes($0) }
  }

  /// What the largest probe takes: the largest tensors of a case, far beyond any cache.
  private static let probeBytes = 512 << 20

  private static func memoryCases(_ scope: Scope) throws -> [StackCase] { try MemoryCases.all(quick: scope.isQuick) }

  /// Stacks large beside what else the process touches.
  private static func residentCases(_ scope: Scope) throws -> [StackCase] {
    let function: LayerFunctionKind = OpenBLAS.isAvailable ? .gelu(hidden: 1024) : .identity
    let choices: [(ConnectionKind, Int, RecomputeBlocks)] = [
      (.manifold, 4, .stored), (.manifold, 4, .blocks([4, 3, 3, 2])), (.hyper, 2, .equal(layers: 12, size: 3)),
      (.residual, 1, .stored),
    ]
    return try choices.prefix(scope.isQuick ? 2 : choices.count).map { kind, streams, blocks in
      let shape = try LayerShape(tokens: 1024, streams: streams, channels: 512)
      var c = LayerStack.Configuration(
        kind, shape, .deepSeekV4, .fastest, functions: .init(repeating: function, count: 12))
      c.blocks = blocks
      return StackCase(c, functions: "gelu")
    }
  }

  /// Runs everything in the scope.
  ///
  /// - Parameter progress: told what is about to run, and the part that is done.
  /// - Returns: everything that was compared.
  /// - Throws: `RuntimeError` for a case that cannot be run here.
  public func run(progress: (String, Double) -> Void = { _, _ in }) throws -> ValidationReport {
    var report = ValidationReport()
    report.limits = rates.limits
    for (kind, streams) in MemoryCases.connections where scope.takes("counts/\(kind.rawValue)/n\(streams)") {
      report.counts += try CountRow.rows(kind, streams: streams)
    }
    // The resident set first, while the process is small.
    for stack in try Self.residentCases(scope) where scope.takes("resident/" + stack.name) {
      progress("resident/" + stack.name, 0.01)
      report.memory.append(try MemoryRow.run(stack, readsResidentSet: true))
    }
    progress("memory", 0.03)
    for stack in try Self.memoryCases(scope) where scope.takes("memory/" + stack.name) {
      report.memory.append(try MemoryRow.run(stack))
    }
    var timer = try TimeRun(
      rates, anchors: try MachineAnchors.all(rates), room: Bytes(Self.probeBytes), rounds: scope.isQuick ? 5 : 7,
      sampleSeconds: scope.isQuick ? 2e-3 : 3e-3)
    let groups = try TimeCases.all(quick: scope.isQuick).compactMap { group -> [TimeCase]? in
      let taken = group.filter { scope.takes($0.name) }
      return taken.isEmpty ? nil : taken
    }
    for (index, group) in groups.enumerated() {
      progress(group[0].name, 0.1 + 0.8 * Double(index) / Double(groups.count))
      report.times += try timer.rows(group)
    }
    if scope.takes("sweep") {
      progress("sweep", 0.9)
      report.sweep = try RecomputeSweep.run(
        RecomputeSweep.stack(quick: scope.isQuick), quick: scope.isQuick, &timer)
    }
    report.profile = ProfileCheck.all(timer.profileFactors)
    return report
  }
}
