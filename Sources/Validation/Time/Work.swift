import CostModel
import Measurement

/// What one kernel, product or copy does: the bytes it moves, tensor by tensor, and its arithmetic by kind.
///
/// A pass is a list of these in the order in which they run; ``CacheHistory`` says where the bytes come from and
/// ``TimeLaw`` how long they take.
struct Work: Hashable, Sendable {
  /// The operation, as the ledger or the runtime names it.
  var name: String
  /// Threads that share it.
  var threads: Int
  /// Whether it begins with a parallel call; the operations of a tile share one.
  var starts = true
  /// Whether it is a product of matrices that only reads, and computes while the next lines come.
  var overlaps = false
  /// What it reads and writes.
  var touches: [Touch] = []
  /// Arrays, or rows of a token, that it goes through side by side.
  var arrays = 1
  /// Bytes of a row where it walks the rows of a token side by side; nil where it walks whole arrays.
  var row: Int?
  /// What a probe is asked to do for it, where there is one that moves and multiplies as much.
  var action: Pass.Action?
  /// The memory of what it walks, in the action's order.
  var operands: [Pass.Operand] = []
  /// Whether another operation's action does what it does as well.
  var isJoined = false
  /// What it does to a token's small numbers, where it does nothing else.
  var columns: ColumnWork?
  /// Tokens that it walks.
  var tokens = 0
  /// Tokens of a tile where operations run tile by tile, and the memory that has room for one tile of each thread only.
  var tile: Int?
  var local: Set<String> = []
  /// Results of vector code by kind, over all tokens.
  var vector: [VectorWork: Double] = [:]
  /// Whether it walks narrow strips of many rows, lines that no prefetcher follows.
  var strips = false
  /// Whether it asks for the next token's rows before it needs them, so that no row waits for the hardware to notice.
  var prefetches = false
  /// Numbers that are moved one by one into lanes, or out of them.
  var moved = 0.0
  /// Numbers that are compared one after the other.
  var compared = 0.0
  /// Matrix products by OpenBLAS, in order.
  var products: [ProductShape] = []
}

/// Bytes of one tensor that an operation reads or writes.
struct Touch: Hashable, Sendable {
  /// The memory that it is in; two tensors that live one after the other may share it.
  var buffer: String
  /// Bytes loaded or stored, all threads together.
  var bytes: Double
  /// How it is stored; nil for a read.
  var store: StoreKind?
  /// The bytes touched since the last use where the operation itself comes back to them, tile after tile; nil where the
  /// bytes were last used by an earlier operation.
  var reuse: Double?
  /// Bytes of memory, each counted once.
  var footprint: Double
  /// Whether it is a table that is gone through again for every few rows.
  var isTable = false

  static func read(_ buffer: String, _ bytes: Double) -> Touch {
    Touch(buffer: buffer, bytes: bytes, store: nil, reuse: nil, footprint: bytes)
  }
  static func write(_ buffer: String, _ bytes: Double, _ store: StoreKind = .ordinary) -> Touch {
    Touch(buffer: buffer, bytes: bytes, store: store, reuse: nil, footprint: bytes)
  }
}

extension Work {
  /// What it moves and computes for a token, where it walks rows or multiplies them by a table and does nothing else.
  var movement: Movement? { if case .movement(let movement) = action { movement } else { nil } }

  /// Operations that run on one tile of tokens after the other: what one has touched, the next finds in a cache.
  ///
  /// - Parameters:
  ///   - works: the operations, each over all tokens.
  ///   - tiles: how many tiles a thread goes through.
  ///   - local: tensors that have room for one tile of each thread only.
  /// - Returns: the same operations, starting once; whatever a tile touches again is reused at the tile's distance, the
  ///   tables that every tile goes through included.
  static func tiled(_ works: [Work], tiles: Double, local: Set<String>) -> [Work] {
    var (sizes, tables): ([String: Double], [String: Double]) = ([:], [:])
    for touch in works.flatMap(\.touches) {
      if touch.reuse == nil {
        sizes[touch.buffer] = max(sizes[touch.buffer] ?? 0, touch.bytes / tiles)
      } else {
        tables[touch.buffer] = max(tables[touch.buffer] ?? 0, touch.footprint)
      }
    }
    let tile = sizes.values.reduce(0, +) + tables.values.reduce(0, +)
    var seen = local
    var result = works
    for index in result.indices {
      result[index].starts = index == 0
      (result[index].tile, result[index].local) = (KernelBlocking.tileTokens, local)
      for at in result[index].touches.indices {
        let touch = result[index].touches[at]
        if touch.reuse != nil || seen.contains(touch.buffer) { result[index].touches[at].reuse = tile }
        if local.contains(touch.buffer) { result[index].touches[at].footprint = touch.bytes / tiles }
      }
      seen.formUnion(result[index].touches.map(\.buffer))
    }
    return result
  }
}
