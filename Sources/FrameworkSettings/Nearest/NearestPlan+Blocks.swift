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
    let isSwitch = hasStreams && abilities.blocks == .everyTransformerLayer && planner.setup.layerRecompute != .full
    let unit = isSwitch ? 2 : framework.residualLayers(inLayerOf: planner.model, streams: hasStreams)
    if let size = plan.uniformBlockLayers, size % unit == 0, !isSwitch || size == unit { return }
    let longest = plan.stages.map(\.residualLayers).max() ?? unit
    let sizes = isSwitch ? [1] : Self.sizes(upTo: (longest + unit - 1) / unit)
    let name = unit == 2 ? "Transformer layers" : "layers"
    try replace(
      "recompute blocks \(plan.blocksText)",
      because: isSwitch
        ? "its recompute is a switch that makes every Transformer layer a block"
        : "it has one number of \(name) for every block, and stores no layer where it recomputes any",
      with: sizes.map { size in
        Candidate("blocks of \(size) \(size == 1 ? String(name.dropLast()) : name)") { _, setup, _ in
          setup.streamRecompute = .blocks(ofLayers: unit * size)
        }
      },
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

  /// The blocks of the heaviest stage, with what it stores.
  var blocksText: String {
    let stage = heaviest
    let blocks =
      stage.blocks.count > 12 ? "\(stage.blocks.count) of them" : stage.blocks.map(String.init).joined(separator: " ")
    let stored = stage.storedLayers > 0 ? ", \(stage.storedLayers) layers stored" : ""
    return (stage.blocks.isEmpty ? "none" : blocks) + stored + " on stage \(stage.index), in residual layers"
  }
}
