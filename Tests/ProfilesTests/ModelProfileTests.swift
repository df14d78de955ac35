import CostModel
import FoundationEssentials
import Profiles
import TestSupport
import Testing

@Suite struct `The project's own model format` {
  @Test func `gives every size its place`() throws {
    let model = try readModel(SmallConfigs.profile)
    let grouped = GroupedAttention(
      heads: 8, keyValueHeads: 2, headDimension: 8, window: 64, hasInputBias: true, hasOutputBias: true,
      normalizesHeads: true)
    let latent = LatentAttention(
      heads: 4, queryRank: nil, keyValueRank: 16, noPositionDimension: 12, ropeDimension: 4, valueDimension: 10)
    let compressed = CompressedAttention(
      heads: 8, headDimension: 16, ropeDimension: 4, queryRank: 24, outputGroups: 2, outputRank: 12, window: 32,
      compressionRatio: 4, indexer: .init(heads: 2, headDimension: 8, topK: 16))
    let dense = DenseFeedForward(intermediate: 96, isGated: false, hasBias: true)
    let mixture = MixtureOfExperts(
      routedExperts: 8, activeExperts: 3, sharedExperts: 1, expertIntermediate: 20, sharedIntermediate: 40,
      hasRouterBias: true, isHashRouted: true, gatesSharedExpert: true, groups: ExpertGroups(count: 4, active: 2))
    let pattern = [
      TransformerLayer(attention: .latent(latent), feedForward: .mixture(mixture)),
      TransformerLayer(attention: .compressed(compressed), feedForward: .dense(dense)),
    ]
    #expect(
      model.shape
        == ModelShape(
          name: "small", family: "mixed", channels: 64, vocabulary: 900, tiesEmbeddings: true, streams: 2,
          sinkhornIterations: 5, defaultSequence: 128,
          layers: [TransformerLayer(attention: .grouped(grouped), feedForward: .dense(dense))] + pattern + pattern,
          predictionModules: [TransformerLayer(attention: .compressed(compressed), feedForward: .mixture(mixture))],
          hasStreamHead: true))
    #expect(
      model.published
        == PublishedParameters(
          total: .init(parameters: 123_000, significantDigits: 3, source: "made up"), active: nil))
    #expect(model.notes == ["for a test"])
    #expect(model.warnings.isEmpty)
  }

  @Test func `is as its page shows it`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let page = try String(contentsOf: URL(filePath: "\(root)/profiles/models.md"), encoding: .utf8)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "```json"))
    let end = try #require(lines[start...].firstIndex(of: "```"))
    let model = try readModel(lines[(start + 1)..<end].joined(separator: "\n"))
    #expect(model.shape.layers.count == 12)
    #expect(model.shape.streams == 4)
  }

  @Test(arguments: [
    (
      "mhc-plan/model/1", "mhc-plan/model/2",
      "schema: expected \"mhc-plan/model/1\", found \"mhc-plan/model/2\"; did you mean \"mhc-plan/model/1\"?"
    ),
    (
      "\"channels\": 64", "\"chanels\": 64",
      "channels: expected a whole number from 1 to 16777216, found no such key; is \"chanels\" meant to be it?"
    ),
    (
      "\"streamHead\"", "\"streamhead\"",
      "streamhead: expected only known keys, found this one; did you mean \"streamHead\"?"
    ),
    (
      "\"kind\": \"latent\"", "\"kind\": \"latnet\"",
      """
      attentions.b.kind: expected one of "grouped", "latent", "compressed", found "latnet"; did you mean "latent"?
      """
    ),
    (
      "\"keyValueHeads\": 2", "\"keyValueHeads\": 5",
      "attentions.a.keyValueHeads: expected a divisor of heads (8), found 5"
    ),
    (
      "\"window\": 64", "\"widnow\": 64",
      "attentions.a.widnow: expected only known keys, found this one; did you mean \"window\"?"
    ),
    (
      "\"queryRank\": null, ", "",
      "attentions.b.queryRank: expected a whole number from 1 to 1048576 or null, found no such key"
    ),
    (
      "\"activeExperts\": 3", "\"activeExperts\": 9",
      "feedForwards.m.activeExperts: expected at most routedExperts (8), found 9"
    ),
    (
      "\"expertGroups\": 4, ", "",
      "feedForwards.m.activeGroups: expected none without expertGroups, found one"
    ),
    (
      "\"compressionRatio\": 4", "\"compressionRatio\": 0",
      """
      attentions.c.indexer: expected none where compressionRatio is 0, as there is nothing to pick from; found one
      """
    ),
    (
      "[{\"attention\": \"a\", \"feedForward\": \"d\"},", "[{\"attention\": \"z\", \"feedForward\": \"d\"},",
      "layers[0].attention: expected one of \"a\", \"b\", \"c\", found \"z\""
    ),
    (
      "[{\"attention\": \"a\", \"feedForward\": \"d\"},", "[{\"attention\": \"b\", \"feedForward\": \"d\"},",
      "attentions: expected a layer to use \"a\", found none"
    ),
    ("\"count\": 2", "\"count\": 0", "layers[1].count: expected a whole number from 1 to 4096, found 0"),
    ("\"count\": 2", "\"count\": 2048", "layers: expected at most 4096 layers, found 4097 or more"),
    (
      "[{\"attention\": \"b\"", "[{\"count\": 3, \"attention\": \"b\"",
      "layers[1].pattern[0].count: expected only known keys, found this one; known: attention, feedForward"
    ),
    (
      "\"significantDigits\": 3, ", "",
      "published.total.significantDigits: expected a whole number from 1 to 18, found no such key"
    ),
  ]) func `is refused with the key path where it is wrong`(old: String, new: String, told: String) {
    #expect(errorLine(SmallConfigs.profile.with(old, new)) == "config.json: \(told)")
  }
}
