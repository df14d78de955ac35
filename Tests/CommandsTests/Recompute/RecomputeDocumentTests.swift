import ArgumentParser
import FoundationEssentials
import Testing

@testable import Commands

@Suite struct `What the command recompute prints` {
  /// The keys that scripts rely on.
  private struct Document: Decodable {
    struct Request: Decodable { var layers, streams, saved, inFlight: Int }
    struct Paper: Decodable {
      var blockLayers: [Int]
      var costChannels: Int
      var estimateLayers: Double
    }
    struct Uniform: Decodable { var blockLayers, peakChannels: Int }
    struct Uneven: Decodable {
      var blocks: [Int]
      var peakChannels: Int
    }
    struct Row: Decodable { var blockLayers, paperCostChannels, peakChannels: Int }
    struct Choice: Decodable { var peakChannels, recomputeTrafficChannels: Int }
    struct Pairs: Decodable {
      var uniform: Uniform
      var uneven: Uneven
    }

    var schema: String
    var request: Request
    var assumptions: [String]
    var excluded: [String]
    var paper: Paper
    var uniform: Uniform
    var uneven: Uneven
    var stored: Int
    var curve: [Row]
    var frontier: [Choice]
    var withinBudget: Choice?
    var transformerLayers: Pairs?
  }

  private func document(
    _ layers: Int, _ streams: Int, saved: Int = 1, inFlight: Int = 1, budget: Int? = nil
  ) throws -> Document {
    let request = RecomputeRequest(
      layers: layers, streams: streams, saved: saved, inFlight: inFlight, budgetChannels: budget)
    let text = try RecomputeDocument(request).jsonText()
    #expect(text.hasPrefix("{\n  \"schema\" : \"mhc-plan/recompute/1\",\n"))
    return try JSONDecoder().decode(Document.self, from: Data(text.utf8))
  }

  @Test func `Sixty layers, n = 4, F = 10: Eq. 20 costs 76, one size holds 50 beyond F and uneven blocks 22`() throws {
    let document = try document(60, 4, saved: 10)
    #expect(document.paper.blockLayers == [6])
    #expect(document.paper.costChannels == 76)
    #expect(abs(document.paper.estimateLayers - 6.3246) < 0.0001)
    #expect(document.uniform.peakChannels == 600 + 50)
    #expect(document.uneven.peakChannels == 600 + 22)
    #expect(document.uneven.blocks.reduce(0, +) == 60)
    #expect(document.stored == (4 + 10 + 2) * 60)
    #expect(document.curve.map(\.blockLayers) == Array(1...60))
    #expect(document.curve[5].paperCostChannels == 76)
    #expect(document.curve.map(\.peakChannels).min() == document.uniform.peakChannels)
    #expect(document.curve[document.uniform.blockLayers - 1].peakChannels == document.uniform.peakChannels)
  }

  @Test func `Three layers by hand: n = 4, F = 1, two microbatches`() throws {
    let document = try document(3, 4, inFlight: 2)
    // Blocks of 1: 3·4 + 3 + 2, and 3·4 + 3 for the other; of 2: 8 + 3 + 2 or 4 + 2 + 4 + 4, and 11; of 3: 4 + 3 + 8 + 6, and 7.
    #expect(document.curve.map(\.peakChannels) == [17 + 15, 14 + 11, 21 + 7])
    #expect(document.curve.map(\.paperCostChannels) == [12 + 6, 8 + 12, 4 + 18])
    #expect(document.uneven.blocks == [2, 1])
    #expect(document.uneven.peakChannels == 25)
    #expect(document.stored == 2 * 7 * 3)
    #expect(document.request.inFlight == 2)
    #expect(document.transformerLayers == nil)
  }

  @Test func `Blocks of whole Transformer layers hold at least what free ones do`() throws {
    for layers in [2, 24, 60, 86] {
      let document = try document(layers, 4, saved: 7)
      let pairs = try #require(document.transformerLayers)
      #expect(pairs.uneven.blocks.reduce(0, +) == layers / 2)
      #expect(pairs.uneven.peakChannels >= document.uneven.peakChannels)
      #expect(pairs.uniform.peakChannels == document.curve[2 * pairs.uniform.blockLayers - 1].peakChannels)
    }
  }

  @Test func `A budget is kept, or nothing is chosen`() throws {
    let lowest = try document(24, 4).uneven.peakChannels
    #expect(try document(24, 4).withinBudget == nil)
    #expect(try document(24, 4, budget: lowest - 1).withinBudget == nil)
    let tight = try #require(try document(24, 4, budget: lowest).withinBudget)
    let loose = try #require(try document(24, 4, budget: lowest + 20).withinBudget)
    #expect(tight.peakChannels == lowest)
    #expect(loose.peakChannels <= lowest + 20)
    #expect(loose.recomputeTrafficChannels < tight.recomputeTrafficChannels)
    let all = try document(24, 4, budget: 7 * 24)
    #expect(all.withinBudget?.recomputeTrafficChannels == 0)
    #expect(all.frontier.first?.peakChannels == lowest)
    #expect(all.frontier.last?.recomputeTrafficChannels == 0)
  }

  @Test func `One block of L layers moves n + 3 channels a layer, and 2n + 1 more for all but the last`() throws {
    // F_pre reads nC and writes C, the norm reads and writes C; F_post,res reads (n+1)C and writes nC.
    for streams in [1, 2, 4] {
      let request = RecomputeRequest(layers: 12, streams: streams, saved: 1, inFlight: 1)
      let whole = try RecomputeDocument(request).curve[11]
      #expect(whole.recomputeTrafficChannels == 12 * (streams + 3) + 11 * (2 * streams + 1))
    }
  }

  @Test(arguments: [
    (["--layers", "0", "--streams", "4"], "--layers: expected 1 to 4096, found 0"),
    (["--layers", "6", "--streams", "1025"], "--streams: expected 1 to 1024, found 1025"),
    (["--layers", "6", "--streams", "4", "--saved=-1"], "--saved: expected 0 to 1000000, found -1"),
    (["--layers", "6", "--streams", "4", "--in-flight", "0"], "--in-flight: expected 1 to 1000000, found 0"),
    (["--layers", "6", "--streams", "4", "--budget=-1"], "--budget: expected 0 to 9007199254740992, found -1"),
  ])
  func `A size out of range is refused in one line`(_ arguments: [String], _ message: String) throws {
    let error = #expect(throws: (any Error).self) { try RecomputeCommand.parse(arguments) }
    #expect(RecomputeCommand.message(for: try #require(error)) == message)
  }

  @Test func `The largest sizes allowed do not overflow`() throws {
    let largest = try document(64, 1024, saved: 1_000_000, inFlight: 1_000_000, budget: 1 << 53)
    #expect(largest.stored == 1_000_000 * 1_001_026 * 64)
  }

  @Test(arguments: [1, 2, 59, 60, 400]) func `The text has the choices and at most 24 rows of the curve`(
    _ layers: Int
  ) throws {
    let request = RecomputeRequest(layers: layers, streams: 4, saved: 10, inFlight: 1, budgetChannels: 20 * layers)
    let text = RecomputeText(document: try RecomputeDocument(request)).text
    for phrase in ["Eq. 20", "best single size", "best uneven", "nothing recomputed", "Within \(20 * layers): "] {
      #expect(text.contains(phrase))
    }
    #expect(text.split(separator: "\n").count < 80)
  }
}
