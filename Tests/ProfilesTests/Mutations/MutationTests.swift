import CostModel
import FoundationEssentials
import Profiles
import TestSupport
import Testing

@Suite struct `Mutations of documents` {
  /// Seeds for each of the ten documents: 10^4 mutations in all, or as many as the environment says.
  ///
  /// `MUTATIONS_PER_DOCUMENT=10000 swift test --filter ProfilesTests` makes 10^5 and takes about a minute.
  static let seedsPerDocument =
    ProcessInfo.processInfo.environment["MUTATIONS_PER_DOCUMENT"].flatMap { UInt64($0) } ?? 1000

  @Test(arguments: (SmallConfigs.all + [SmallConfigs.profile]).indices)
  func `give a whole model or one line that says what is wrong`(document: Int) throws {
    let mutation = try Mutation((SmallConfigs.all + [SmallConfigs.profile])[document])
    let seeds = Self.seedsPerDocument
    var models: UInt64 = 0
    var errors: Set<String> = []
    for seed in 0..<seeds {
      let bytes = mutation.bytes(seed: seed)
      do throws(ProfileError) {
        let model = try ModelSource.read(bytes, from: .file("x.json"))
        models += 1
        if let flaw = flaw(of: model.shape) { Issue.record("document \(document), seed \(seed): \(flaw)") }
      } catch {
        errors.insert(error.problem)
        let line = error.description
        if line.contains(where: \.isNewline) || line.utf8.count > 1000 || error.problem.isEmpty {
          Issue.record("document \(document), seed \(seed): \(line)")
        }
      }
    }
    // Mutations that break everything, or nothing, would test nothing.
    #expect(models > seeds / 100)
    #expect(errors.count > min(100, Int(seeds / 4)))
  }

  /// What a shape must not be, whatever it was read from; nil where all is well.
  private func flaw(of shape: ModelShape) -> String? {
    guard shape.channels > 0, shape.vocabulary > 0, shape.streams > 0, shape.defaultSequence > 0 else { return "sizes" }
    guard (1...4096).contains(shape.layers.count), shape.predictionModules.count <= 64 else { return "layer count" }
    for layer in shape.layers + shape.predictionModules {
      switch layer.attention {
      case .grouped(let attention):
        if attention.keyValueHeads < 1 || attention.heads % attention.keyValueHeads != 0 { return "heads" }
        if attention.headDimension < 1 || (attention.window ?? 1) < 1 { return "head dimension or window" }
      case .latent(let attention):
        if attention.heads < 1 || attention.keyValueRank < 1 || (attention.queryRank ?? 1) < 1 { return "ranks" }
      case .compressed(let attention):
        if attention.heads % attention.outputGroups != 0 || attention.window < 1 { return "groups or window" }
        if attention.ropeDimension > attention.headDimension { return "rotary part" }
      }
      if case .mixture(let mixture) = layer.feedForward {
        if mixture.activeExperts < 1 || mixture.activeExperts > mixture.routedExperts { return "active experts" }
        if mixture.sharedExperts < 0 || mixture.expertIntermediate < 1 { return "experts" }
      }
    }
    return nil
  }
}
