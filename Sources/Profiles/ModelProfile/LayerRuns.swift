import CostModel

/// The functions a profile's layers choose from, by name.
struct LayerFunctions {
  var attentions: [String: Attention]
  var feedForwards: [String: FeedForward]
}

/// Layers spelled out from runs, with the names they used.
///
/// A run is an object with `attention` and `feedForward`, each the name of a function, and `count`, how many such layers
/// follow one another (default 1). Layers that alternate are one run whose `pattern` is an array of such objects,
/// repeated `count` times.
struct LayerRuns {
  var layers: [TransformerLayer] = []
  var usedAttentions: Set<String> = []
  var usedFeedForwards: Set<String> = []
}

extension ObjectReader {
  /// The layers at the key, of which there are at least one and at most `limit`.
  func layerRuns(_ key: String, _ functions: LayerFunctions, limit: Int) throws(ProfileError) -> LayerRuns {
    var runs = LayerRuns()
    for run in try objects(key, count: 1...limit) {
      let count = try run.optionalInt("count", in: 1...limit) ?? 1
      var pattern: [TransformerLayer] = []
      if run.has("pattern") {
        for layer in try run.objects("pattern", count: 1...limit) { pattern.append(try layer.layer(functions, &runs)) }
        try run.finish()
      } else {
        pattern = [try run.layer(functions, &runs)]
      }
      // Neither factor is above the limit, so their product is a small number.
      let total = runs.layers.count + count * pattern.count
      guard total <= limit else { throw error(key, "expected at most \(limit) layers, found \(total) or more") }
      for _ in 0..<count { runs.layers += pattern }
    }
    return runs
  }

  private func layer(_ functions: LayerFunctions, _ runs: inout LayerRuns) throws(ProfileError) -> TransformerLayer {
    let attention = try string("attention", oneOf: functions.attentions.keys.sorted())
    let feedForward = try string("feedForward", oneOf: functions.feedForwards.keys.sorted())
    runs.usedAttentions.insert(attention)
    runs.usedFeedForwards.insert(feedForward)
    try finish()
    guard let first = functions.attentions[attention], let second = functions.feedForwards[feedForward] else {
      throw error("attention", "expected the name of a function")
    }
    return TransformerLayer(attention: first, feedForward: second)
  }
}
