/// `recompute` for people: the choices side by side, the trades between them, and the curve of block sizes.
struct RecomputeText {
  let document: RecomputeDocument

  var text: String {
    ([title, "", choices, verdict] + budget + ["", frontier, "", curve, "", notes]).joined(separator: "\n")
  }

  private var title: String {
    let request = document.request
    let pairs = document.transformerLayers.map { ", \($0.layers) Transformer layers" } ?? ""
    return "Recompute blocks of one stage: L = \(request.layers) residual layers\(pairs), n = \(request.streams), "
      + "F = \(request.saved), M = \(request.inFlight). Sizes in channels: C elements a token."
  }

  private var choices: String {
    var table = TextTable(
      header: ["choice", "blocks, front to back", "peak", "mHC part", "recompute moves"], leftAligned: [0, 1])
    let kept = document.request.inFlight * document.request.saved * document.request.layers
    func append(_ choice: String, _ blocks: String, _ peak: Int, _ traffic: Int) {
      table.append([choice, blocks, String(peak), String(peak - kept), String(traffic)])
    }
    func append(_ uniform: UniformRow, _ uneven: UnevenRow) {
      append(
        "best single size", "\(uniform.blockLayers) each", uniform.peakChannels, uniform.recomputeTrafficChannels)
      append("best uneven", Self.list(uneven.blocks), uneven.peakChannels, uneven.recomputeTrafficChannels)
    }
    func appendPaper(_ sizes: [Int], residualLayers: Int) {
      for size in sizes {
        let row = document.curve[size * residualLayers - 1]
        append("Eq. 20", "\(size) each", row.peakChannels, row.recomputeTrafficChannels)
      }
    }
    appendPaper(document.paper.blockLayers, residualLayers: 1)
    append(document.uniform, document.uneven)
    append("nothing recomputed", "", document.stored, 0)
    if let pairs = document.transformerLayers {
      table.append(["in Transformer layers:"])
      appendPaper(pairs.paper.blockLayers, residualLayers: 2)
      append(pairs.uniform, pairs.uneven)
    }
    return table.text
  }

  private var verdict: String {
    let paper = document.paper
    let sizes = paper.blockLayers.map(String.init).joined(separator: ", ")
    let best = document.uneven.peakChannels
    let tenths = Int((paper.estimateLayers * 10).rounded())
    let framework = document.transformerLayers.map {
      "\nA framework that takes one size in Transformer layers (mhc_recompute_layer_num of Megatron-LM): "
        + "\($0.uniform.blockLayers)."
    }
    return """
      Eq. 20 chooses \(sizes) at a cost of \(paper.costChannels); its square root is \(tenths / 10).\(tenths % 10).
      Uneven blocks hold \(document.uniform.peakChannels - best) less than the best single size, \
      \((paper.peakChannels.min() ?? best) - best) less than Eq. 20's.\(framework ?? "")
      """
  }

  private var budget: [String] {
    guard let budget = document.request.budgetChannels else { return [] }
    guard let choice = document.withinBudget else {
      return ["", "Nothing fits in \(budget): the lowest peak is \(document.uneven.peakChannels)."]
    }
    let pairs = document.transformerLayers?.withinBudget
    return ["", "Within \(budget): \(Self.sentence(choice, "layers"))"]
      + (pairs.map { ["In Transformer layers: \(Self.sentence($0, "Transformer layers"))"] } ?? [])
  }

  private static func sentence(_ choice: ChoiceRow, _ unit: String) -> String {
    let blocks = choice.blocks.isEmpty ? "recompute nothing" : "recompute blocks of \(list(choice.blocks)) \(unit)"
    let stored = choice.storedLayers > 0 ? ", store the last \(choice.storedLayers)" : ""
    return "\(blocks)\(stored); peak \(choice.peakChannels), recompute moves \(choice.recomputeTrafficChannels)."
  }

  private var frontier: String {
    var table = TextTable(header: ["peak", "recompute moves", "layers recomputed", "in blocks"], leftAligned: [])
    for row in Self.sample(document.frontier, atMost: 10) {
      table.append([
        String(row.peakChannels), String(row.recomputeTrafficChannels), String(row.recomputedLayers),
        String(row.blockCount),
      ])
    }
    return "The least recomputing for a peak, the layers behind the blocks stored "
      + "(\(document.frontier.count) trades, all of them in --json):\n" + table.text
  }

  private var curve: String {
    var table = TextTable(header: ["block", "blocks", "Eq. 20", "peak", "recompute moves"], leftAligned: [])
    for row in Self.sample(lowestByBlockCount, atMost: 24) {
      table.append([
        String(row.blockLayers), String(blockCount(row)), String(row.paperCostChannels), String(row.peakChannels),
        String(row.recomputeTrafficChannels),
      ])
    }
    return "Blocks of one size, the size with the lowest peak for each number of blocks (every size in --json):\n"
      + table.text
  }

  private var lowestByBlockCount: [CurveRow] {
    document.curve.reduce(into: []) { rows, row in
      guard let last = rows.last, blockCount(last) == blockCount(row) else { return rows.append(row) }
      if row.peakChannels < last.peakChannels { rows[rows.count - 1] = row }
    }
  }

  private func blockCount(_ row: CurveRow) -> Int {
    let (full, rest) = document.request.layers.quotientAndRemainder(dividingBy: row.blockLayers)
    return full + (rest > 0 ? 1 : 0)
  }

  private var notes: String {
    (document.assumptions.map { "assumed: \($0)" } + document.excluded.map { "excluded: \($0)" })
      .joined(separator: "\n")
  }

  private static func list(_ blocks: [Int]) -> String {
    let shown = blocks.prefix(14).map(String.init).joined(separator: " ")
    return blocks.count > 14 ? "\(shown) … (\(blocks.count) blocks)" : shown
  }

  /// The rows, or that many of them, evenly spread with both ends.
  private static func sample<Row>(_ rows: [Row], atMost count: Int) -> [Row] {
    rows.count <= count ? rows : (0..<count).map { rows[$0 * (rows.count - 1) / (count - 1)] }
  }
}
