/// What planners of one model remember of the layout that they planned last.
public struct LayoutMemory: Sendable {
  /// One for every way that layer functions are costed.
  private var bases: [LayoutBasis] = []

  /// Nothing.
  public init() {}

  /// What is known of a layout for a model costed so.
  func basis(of layout: Layout, for cost: ModelCost) -> LayoutBasis? {
    bases.first { $0.cost.hasLayers(of: cost) && $0.share.layout == layout }
  }

  /// Remembers; all of another layout is forgotten.
  mutating func keep(_ basis: LayoutBasis) {
    if let first = bases.first, first.share.layout != basis.share.layout { bases.removeAll(keepingCapacity: true) }
    if !bases.contains(where: { $0.cost.hasLayers(of: basis.cost) }) { bases.append(basis) }
  }
}

/// A layout before its stages are planned.
struct LayoutBasis: Sendable {
  var cost: ModelCost
  var share: DeviceShare
  var links: LayoutLinks?
  var pieces: PieceTimes
  var placement: Placement
}

extension ModelCost {
  /// Whether the layer functions and their messages take the same in both.
  ///
  /// They are costed once for all planners of one model on one device, so it is enough that they are the same objects.
  fileprivate func hasLayers(of other: ModelCost) -> Bool {
    kinds.first === other.kinds.first && setup.matrixFormat == other.setup.matrixFormat
      && setup.overlap == other.setup.overlap
  }
}
