import CostModel
import Testing

/// What layer functions send, in channels a token.
@Suite struct LayerMessageTests {
  private func rows(_ rows: [MessageRow], _ parallelism: MessageRow.Parallelism) -> [String] {
    rows.filter { $0.parallelism == parallelism }.map { "\($0.pattern) \($0.elementsPerToken)" }
  }

  @Test func `a dense network gathers and scatters C, and gathers its input again for the weights`() {
    let messages = LayerFunction.feedForward(.dense(DenseFeedForward(intermediate: 64))).messages
    #expect(rows(messages.forward, .tensor) == ["gather C", "scatter C"])
    #expect(rows(messages.backward, .tensor) == ["gather C", "gather C", "scatter C"])
    #expect(rows(messages.forward, .expert).isEmpty && rows(messages.forward, .context).isEmpty)
  }

  @Test
  func `a mixture sends tokens to their experts and back, in both passes; without shared experts nothing is divided`() {
    func mixture(_ shared: Int) -> LayerMessages {
      LayerFunction.feedForward(
        .mixture(
          MixtureOfExperts(
            routedExperts: 8, activeExperts: 2, sharedExperts: shared, expertIntermediate: 64, sharedIntermediate: 64))
      ).messages
    }
    #expect(rows(mixture(1).forward, .expert) == ["exchange C", "exchange C"])
    #expect(rows(mixture(1).backward, .expert) == ["exchange C", "exchange C"])
    #expect(rows(mixture(1).forward, .tensor) == ["gather C", "scatter C"])
    #expect(rows(mixture(0).forward, .tensor) == ["sum C"])
  }

  @Test func `attention passes keys and values on, and twice as much on the way back`() {
    let grouped = LayerFunction.attention(.grouped(GroupedAttention(heads: 8, keyValueHeads: 2, headDimension: 16)))
    #expect(rows(grouped.messages.forward, .context) == ["ring 2h_kv·d_h"])
    #expect(rows(grouped.messages.backward, .context) == ["ring 4h_kv·d_h"])
    #expect(rows(grouped.messages.forward, .tensor) == ["gather C", "scatter C", "join h·d_h + 2h_kv·d_h"])
    let latent = LayerFunction.attention(
      .latent(
        LatentAttention(
          heads: 8, queryRank: 32, keyValueRank: 16, noPositionDimension: 16, ropeDimension: 8, valueDimension: 16)))
    // Latents come together instead of the layer input.
    #expect(rows(latent.messages.forward, .tensor) == ["gather d_r + r_q + r_kv", "scatter C"])
  }
}
