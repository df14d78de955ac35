import CostModel
import LayerRuntime
import Measurement

/// Operations of a tile that the kernels do at once where F(u) = u: each is a work of its own, but one of them acts for all.
extension ConnectionWork {
  /// The same works with those joined that the kernels join.
  ///
  /// - Parameter works: a pass, tile by tile.
  /// - Returns: as many works.
  func joined(_ works: [Work]) -> [Work] {
    guard shape.streams == 4, shape.channels % 32 == 0 else { return works }
    return mixedBesideProducts(gradientsAtOnce(works))
  }

  /// Pre-mix and merge of a tile run between the products of the next tile's projection, or right before them.
  private func mixedBesideProducts(_ works: [Work]) -> [Work] {
    var works = works
    guard format == .float32 || blocking.mixesBFloat16, let project = index(.project, works),
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
  ///
  /// Of float32 it leaves what mixing and H_pre add to ∂x, and u and ∂u are not made; and it goes on for the next tile beside
  /// the products of one.
  private func gradientsAtOnce(_ works: [Work]) -> [Work] {
    var works = works
    guard let preMix = index(.preMix, works), let merge = index(.mergeGradients, works),
      let last = index(.preMixGradients, works), let stream = index(.streamBackward, works),
      let row = works[preMix].operands.last
    else { return works }
    var traffic = RowTraffic(streams: shape.streams, channels: shape.channels)
    (traffic.streamReads, traffic.isBFloat16) = (2, format == .bfloat16)
    traffic.sums = shape.streams * (shape.streams + 2)
    let operands = works[merge].operands.filter { ["x", "grad x'"].contains($0.name) }
    for index in [preMix, last] { (works[index].action, works[index].isJoined) = (nil, true) }
    if format == .float32, case .product(var product) = works[stream].movement {
      (traffic.streamWrites, traffic.factors) = (1, shape.streams * (shape.streams + 2))
      (product.pass, product.walksBeside) = (.staged, true)
      works[merge].operands = operands + [Pass.Operand(Self.staged)]
      works[stream].action = .movement(.product(product))
      works[stream].operands[3] = Pass.Operand(Self.staged)
      stage(&works, from: [preMix, merge, last], to: stream)
    } else {
      (traffic.channelWrites, traffic.factors) = (2, 2 * shape.streams)
      works[merge].operands = operands + [row, Pass.Operand("grad u")]
    }
    works[merge].action = .movement(.rows(traffic))
    return works
  }

  /// The memory of what mixing and H_pre add to ∂x of a tile.
  static let staged = "sums of grad x"

  /// The gradients' kernel mixes what the last kernel would mix, and stores that instead of u and ∂u.
  private func stage(_ works: inout [Work], from gradients: [Int], to stream: Int) {
    for index in gradients { works[index].touches.removeAll { ["u", "grad u"].contains($0.buffer) } }
    works[stream].touches.removeAll { ["grad x'", "grad u"].contains($0.buffer) }
    let bytes = 4 * Double(shape.tokens * shape.streamElements)
    // One tile's are taken while the next one's are made.
    let tile = 2 * Double(KernelBlocking.tileTokens * threads) / Double(shape.tokens) * bytes
    var (write, read) = (Touch.write(Self.staged, bytes), Touch.read(Self.staged, bytes))
    (write.footprint, read.footprint) = (tile, tile)
    write.reuse = works[stream].touches.compactMap(\.reuse).max()
    read.reuse = write.reuse
    works[gradients[1]].touches.append(write)
    works[stream].touches.append(read)
    let mixing = Double(shape.tokens * shape.streamElements * (shape.streams + 1))
    works[gradients[1]].vector[.multiplyAdd, default: 0] += mixing
    works[stream].vector[.jointProduct, default: 0] -= mixing
  }

  private func index(_ operation: ConnectionOperation, _ works: [Work]) -> Int? {
    works.firstIndex { $0.name == operation.rawValue }
  }
}
