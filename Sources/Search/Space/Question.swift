/// What a search asks: the best as it was asked for, or the best if one thing were otherwise.
public enum Question: Hashable, Sendable {
  /// As it was asked for.
  case asked
  /// With so many bytes more on every device.
  case moreMemory(bytes: Int)
  /// With plain residual connections.
  case residual
  /// With so many streams, fewer than were asked for.
  case streams(Int)

  /// Places the questions in one order.
  var order: (Int, Int) {
    switch self {
    case .asked: (0, 0)
    case .moreMemory(let bytes): (1, bytes)
    case .residual: (2, 0)
    case .streams(let count): (3, count)
    }
  }
}

extension Question: Comparable {
  /// As asked comes first.
  public static func < (left: Question, right: Question) -> Bool { left.order < right.order }
}
