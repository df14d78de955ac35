import LayerRuntime
import Quantities

/// Where a pass's tensors lie in a buffer, with the factors, sums and tables that its movements need.
struct PassLayout {
  /// Bytes of everything.
  let size: Bytes
  /// Floats of factors of rows, all tokens together, at the buffer's beginning; then as many of products.
  let rowFactors, productFactors: Int
  private var places: [String: Int] = [:]
  /// Bytes of a token of a tensor that has room for some tiles only, and for how many.
  private var tileBytes: [String: Int] = [:]
  private var tiles: [String: Int] = [:]
  private let sumsAt, tablesAt, tableBytes: Int
  private let tile: Int

  init(_ pass: Pass) {
    let steps = pass.calls.flatMap(\.steps)
    let movements = steps.compactMap(\.action.movement)
    func most(_ value: (Movement) -> Int) -> Int { movements.map(value).max() ?? 0 }
    func lines(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
    let (rows, products) = (movements.filter { !$0.isProduct }, movements.filter(\.isProduct))
    rowFactors = lines(4 * (pass.tokens * most(\.factorStep) + (rows.map(\.factorFloats).max() ?? 0))) / 4
    productFactors = lines(4 * (products.map(\.factorFloats).max() ?? 0)) / 4
    tableBytes = lines(most(\.tableBytes))
    tile = pass.calls.compactMap(\.tile).max() ?? pass.tokens
    var order: [String] = []
    var sizes: [String: Int] = [:]
    for step in steps {
      for (index, (operand, bytes)) in zip(step.operands, step.action.extents(tokens: pass.tokens)).enumerated() {
        if sizes[operand.name] == nil { order.append(operand.name) }
        var end = operand.offset + bytes
        if pass.local.contains(operand.name), let movement = step.action.movement {
          let token = movement.tensorBytes[index].count
          tileBytes[operand.name] = max(tileBytes[operand.name] ?? 0, token)
          // Rows side by side of a tile are taken while those of the next are made.
          let room = index == movement.stagedTensor ? 2 : 1
          tiles[operand.name] = max(tiles[operand.name] ?? 1, room)
          end = operand.offset + pass.threads * room * tile * token
        }
        sizes[operand.name] = max(sizes[operand.name] ?? 0, end)
      }
    }
    // Every movement of a kind has the same factors.
    var offset = 4 * (rowFactors + productFactors)
    for name in order {
      let bytes = sizes[name] ?? 0
      // Where tensors of a stack begin: at a page, if they have many.
      if bytes >= Arena.largeBuffer { offset = (offset + Arena.page - 1) / Arena.page * Arena.page }
      places[name] = offset
      offset += lines(bytes)
    }
    sumsAt = offset
    offset += lines(pass.tokens * most(\.sumBytes))
    tablesAt = offset
    size = Bytes(offset + 2 * pass.threads * tableBytes + 128)
  }

  /// Where an operand begins, for this token of a thread if it is walked by tokens of so many bytes; in the room of an `odd`
  /// tile, or not.
  func address(
    _ operand: Pass.Operand, _ base: UnsafeMutableRawPointer, thread: Int = 0, token: Int = 0, odd: Bool = false,
    bytes: Int = 0
  ) -> UnsafeMutableRawPointer {
    let room = tiles[operand.name] ?? 1
    let first = tileBytes[operand.name] == nil ? token : (thread * room + (odd ? room - 1 : 0)) * tile
    return base + (places[operand.name] ?? 0) + operand.offset + first * bytes
  }

  /// Where the tensors of a movement lie from this token of a thread on; with `before` of its tokens where rows are mixed
  /// beside a product.
  func place(
    _ movement: Movement, _ operands: [Pass.Operand], _ base: UnsafeMutableRawPointer, thread: Int, token: Int,
    odd: Bool = false, before: Int = 0
  ) -> MovementPlace {
    let tensors = zip(operands, movement.tensorBytes).map { operand, bytes in
      address(operand, base, thread: thread, token: token, odd: odd, bytes: bytes.count)
    }
    let factors =
      base.assumingMemoryBound(to: Float.self) + (movement.isProduct ? rowFactors : token * movement.factorStep)
    let sums = base + sumsAt + token * movement.sumBytes
    let table = base + tablesAt + 2 * thread * tableBytes
    var place = MovementPlace(
      tensors: tensors, sums: sums.assumingMemoryBound(to: Float.self), factors: factors,
      table: table.assumingMemoryBound(to: Float.self), tableFloats: tableBytes / 4)
    if before > 0 {
      let earlier = zip(operands, movement.tensorBytes).map { operand, bytes in
        address(operand, base, thread: thread, token: token - before, bytes: bytes.count)
      }
      let own = base.assumingMemoryBound(to: Float.self) + (token - before) * movement.factorStep
      place.beside = (earlier, own, before)
    }
    return place
  }
}
