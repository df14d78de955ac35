import CostModel
import LayerRuntime
import Measurement
import Quantities

extension RowTraffic {
  /// The rows that an operation of the ledger moves for a token; nil where it does not walk rows of channels, or where it
  /// does other arithmetic than mixing rows and summing products of two.
  ///
  /// - Parameters:
  ///   - row: one row of the ledger, at one size.
  ///   - shape: n and C.
  ///   - format: how streams are stored.
  ///   - isStreaming: whether streams are written past the caches.
  init?(_ row: ConnectionRows.Row, _ shape: LayerShape, _ format: StreamFormat, isStreaming: Bool) {
    let (n, C) = (shape.streams, shape.channels)
    self.init(streams: n, channels: C)
    isBFloat16 = format == .bfloat16
    let written = Set(row.writes.map(\.tensor))
    for (tensor, tensorClass, elements) in row.reads {
      switch tensorClass {
      case .stream where elements == Double(n * C):
        if written.contains(tensor) { isInPlace = true } else { streamReads += 1 }
      case .activation where elements == Double(C) && !written.contains(tensor): channelReads += 1
      case .coefficient: factors += Int(elements)
      case .parameter: break
      default: return nil
      }
    }
    for (_, tensorClass, elements) in row.writes {
      switch tensorClass {
      case .stream where elements == Double(n * C): streamWrites += 1
      case .activation where elements == Double(C): channelWrites += 1
      case .coefficient: sums += Int(elements)
      default: return nil
      }
    }
    self.isStreaming = isStreaming && streamWrites > 0
    guard streamReads + streamWrites > 0, streamReads <= 2, channelReads <= 1, streamWrites <= 1, channelWrites <= 1
    else { return nil }
    // Number by number there are no rows: all of a token is one.
    let added = streamReads + (isInPlace ? 1 : 0)
    if added == 2, channelReads == 0, channelWrites == 0, sums == 0 { (streams, channels) = (1, n * C) }
    // What the ledger counts and what the probe does are one; a sum of two tensors takes a product by 1 along.
    let counted = max(row.arithmetic.additions, row.arithmetic.multiplications)
    let isSum = streams == 1 && streamReads + channelReads == 2 && counted == Double(channels)
    guard counted == Double(multiplyAdds.count) || isSum else { return nil }
  }
}
