import CostModel
import Planner

extension NearestPlan {
  /// Recompute blocks in the framework's own layers: what the plan has, or the best that it can set.
  mutating func limitBlocks(_ abilities: Abilities) throws {
    guard plan.stages.contains(where: { !$0.blocks.isEmpty }) else { return }
    guard hasStreams || planner.setup.layerRecompute == .full else {
      return try replace(
        "residual streams recomputed without their layer functions",
        because: "it recomputes a residual layer in whole or not at all",
        with: [Candidate("nothing recomputed") { _, setup, _ in setup.streamRecompute = .stored }])
    }
    let isFull = planner.setup.layerRecompute == .full
    let isSwitch = hasStreams && abilities.blocks == .everyTransformerLayer && !isFull
    let unit = isSwitch ? 2 : framework.residualLayers(inLayerOf: planner.model, streams: hasStreams)
    // Its MTP modules are one block each, or kept.
    let isOne = isFull && !planner.model.predictionModules.isEmpty
    if let size = plan.uniformBlockLayers, size % unit == 0, !(isSwitch || isOne) || size == unit { return }
    if isFull, plan.leadingBlocks(ofLayers: unit) != nil { return }
    let longest = ((plan.stages.map(\.residualLayers).max() ?? unit) + unit - 1) / unit
    let sizes = isSwitch || isOne ? [1] : Self.sizes(upTo: longest)
    let name = unit == 2 ? "Transformer layer" : "layer"
    func count(_ number: Int) -> String { "\(number) \(name)\(number == 1 ? "" : "s")" }
    let uniform = sizes.map { size in
      Candidate("blocks of \(count(size))") { _, setup, _ in setup.streamRecompute = .blocks(ofLayers: unit * size) }
    }
    let leading = (isFull ? Self.sizes(upTo: longest) : []).map { number in
      Candidate("the first \(count(number)) of every chunk, a block each, and the rest stored") { _, setup, _ in
        setup.streamRecompute = .leading(blocks: number, ofLayers: unit)
      }
    }
    let reason =
      if isSwitch {
        "its recompute is a switch that makes every \(name) a block"
      } else if isFull {
        "it has one number of \(name)s for every block\(isOne ? ", with MTP 1" : ""), or the first \(name)s of every "
          + "chunk a block each"
      } else {
        "it has one number of \(name)s for every block, and stores no layer where it recomputes any"
      }
    try replace(
      "recompute blocks \(plan.blocksText)", because: reason, with: uniform + leading,
      prefersMemory: planner.setup.streamRecompute != .auto)
  }

  /// Sizes worth trying: all of a short stage; of a long one those that give every number of blocks.
  static func sizes(upTo longest: Int) -> [Int] {
    guard longest > 256 else { return Array(1...max(1, longest)) }
    return Set((1...256).flatMap { [$0, (longest + $0 - 1) / $0] }).sorted()
  }
}

extension Plan {
  /// The size of every recompute block of every stage, the last of a stage perhaps smaller; nil where they differ.
  ///
  /// A stage shorter than a block is one block. Of several sizes that give the same blocks, the smallest.
  var uniformBlockLayers: Int? {
    // A block ends where its chunk does.
    let chunks = stages.flatMap(\.chunks).map(\.segments)
    let size = chunks.compactMap { $0.first?.layers }.max() ?? 0
    guard size > 0, chunks.allSatisfy({ $0.allSatisfy { $0.kind == .recomputed } }) else { return nil }
    let isUniform = chunks.allSatisfy { segments in
      segments.dropLast().allSatisfy { $0.layers == size } && (segments.last?.layers ?? 0) <= size
    }
    return isUniform ? size : nil
  }

  /// How many layers of a framework, at the front of every chunk, are a recompute block each where the others are kept,
  /// prediction modules among them; nil where the plan is of another kind.
  ///
  /// - Source: Megatron-LM megatron/core/recompute.py, `recompute_method` block: it counts a chunk's own layers;
  ///   multi_token_prediction.py: MTP is not recomputed under it, and one layer at a time under uniform.
  func leadingBlocks(ofLayers unit: Int) -> Int? {
    let chunks = stages.flatMap(\.chunks)
    let numbers = chunks.map { $0.segments.count { $0.kind == .recomputed } }
    guard let most = numbers.max(), most > 0 else { return nil }
    let isLeading = zip(chunks, numbers).allSatisfy { chunk, number in
      let isFirst = chunk.segments.prefix(number).allSatisfy { $0.kind == .recomputed && $0.layers == unit }
      return isFirst && number == min(most, 2 * chunk.layers.count / unit)
    }
    return isLeading ? most : nil
  }

  /// The blocks of the heaviest stage, with what it stores.
  var blocksText: String {
    let stage = heaviest
    let blocks =
      stage.blocks.count > 12 ? "\(stage.blocks.count) of them" : stage.blocks.map(String.init).joined(separator: " ")
    let stored = stage.storedLayers > 0 ? ", \(stage.storedLayers) layers stored" : ""
    return (stage.blocks.isEmpty ? "none" : blocks) + stored + " on stage \(stage.index), in residual layers"
  }
}
