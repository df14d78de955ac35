import LayerRuntime
import Measurement

/// Operations of a tile that the kernels do at once where F(u) = u: each is a work of its own, but one of them acts for all.
extension ConnectionWork {
  /// The same works with those joined that the kernels join.
  ///
  /// - Parameter works: a pass, tile by tile.
  /// - Returns: as many works.
  func joined(_ works: [Work]) -> [Work] {
    guard blocking.joinsOperations, shape.streams == 4, shape.channels % 32 == 0 else { return works }
    return mixedBesideProducts(gradientsAtOnce(works))
  }

  /// Pre-mix and merge of a tile run between the products of the next tile's projection.
  private func mixedBesideProducts(_ works: [Work]) -> [Work] {
    var works = works
    guard format == .float32 || blocking.multipliesTiles, let project = index(.project, works),
      let preMix = index(.preMix, works),
      let merge = index(.merge, works), case .product(var product) = works[project].movement,
      let written = works[merge].operands.first(where: { $0.name == "x'" }),
      let row = works[preMix].operands.last
    else { return works }
    (product.mixesBeside, product.isStreaming) = (true, goesPastCaches(.merge))
    works[project].action = .movement(.product(product))
    works[project].operands += [written, row]
    for index in [preMix, merge] { (works[index].action, works[index].isJoined) = (nil, true) }
    return works
  }

  /// Pre-mix, merge's gradients and pre-mix's are one walk over the rows of x and ∂x'.
  private func gradientsAtOnce(_ works: [Work]) -> [Work] {
    var works = works
    guard let preMix = index(.preMix, works), let merge = index(.mergeGradients, works),
      let last = index(.preMixGradients, works), let row = works[preMix].operands.last
    else { return works }
    var traffic = RowTraffic(streams: shape.streams, channels: shape.channels)
    (traffic.streamReads, traffic.channelWrites, traffic.isBFloat16) = (2, 2, format == .bfloat16)
    traffic.sums = shape.streams * (shape.streams + 2)
    traffic.factors = 2 * shape.streams
    works[merge].action = .movement(.rows(traffic))
    let streams = works[merge].operands.filter { ["x", "grad x'"].contains($0.name) }
    works[merge].operands = streams + [row, Pass.Operand("grad u")]
    for index in [preMix, last] { (works[index].action, works[index].isJoined) = (nil, true) }
    return works
  }

  private func index(_ operation: ConnectionOperation, _ works: [Work]) -> Int? {
    works.firstIndex { $0.name == operation.rawValue }
  }
}
