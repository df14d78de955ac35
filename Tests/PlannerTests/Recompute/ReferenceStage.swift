import CostModel

/// A stage written down layer by layer, to try every choice on: no prefix sums, no search.
struct ReferenceStage: CustomStringConvertible {
  /// What becomes of one layer.
  enum Role { case stored, beginsBlock, continuesBlock }

  var resident: [Int]
  var transient: [Int]
  var streamSize: Int
  var inFlight: Int
  var perBlock = 0
  var perLayer: [Int] = []
  var perInnerLayer: [Int] = []

  var description: String {
    "r \(resident) x \(transient) σ \(streamSize) M \(inFlight) work \(perBlock) \(perLayer) \(perInnerLayer)"
  }

  func problem() throws -> RecomputeProblem {
    try RecomputeProblem(resident: resident, transient: transient, streamSize: streamSize, inFlight: inFlight)
  }

  func work() throws -> RecomputeWork {
    try RecomputeWork(perBlock: perBlock, perLayer: perLayer, perInnerLayer: perInnerLayer)
  }

  /// The most held at once: the stage is walked backwards, and what is alive is added up tensor by tensor.
  func peak(_ roles: [Role]) -> Int {
    var most = 0
    for last in roles.indices where last + 1 == roles.count || roles[last + 1] != .continuesBlock {
      var alive = 0
      for layer in 0...last { alive += resident[layer] + heldFromForward(layer, roles) }
      if roles[last] != .stored {
        var layer = last
        while roles[layer] == .continuesBlock {
          alive += streamSize + transient[layer]
          layer -= 1
        }
        alive += transient[layer]
      }
      most = max(most, alive)
    }
    return most + (inFlight - 1) * forward(roles)
  }

  /// What is held as the last layer ends.
  func held(_ roles: [Role]) -> Int { inFlight * forward(roles) }

  private func forward(_ roles: [Role]) -> Int {
    roles.indices.reduce(0) { $0 + resident[$1] + heldFromForward($1, roles) }
  }

  /// What is made again: every layer input of a block, and every output but the last.
  func work(_ roles: [Role]) -> Int {
    var total = 0
    for layer in roles.indices where roles[layer] != .stored {
      total += perLayer[layer] + (roles[layer] == .beginsBlock ? perBlock : 0)
      if layer + 1 < roles.count, roles[layer + 1] == .continuesBlock { total += perInnerLayer[layer] }
    }
    return total
  }

  private func heldFromForward(_ layer: Int, _ roles: [Role]) -> Int {
    switch roles[layer] {
    case .stored: streamSize + transient[layer]
    case .beginsBlock: streamSize
    case .continuesBlock: 0
    }
  }

  /// Every choice for `layers` layers: every partition, and with `storing` every subset of stored layers as well.
  static func choices(layers: Int, storing: Bool) -> [[Role]] {
    (0..<layers).reduce([[]]) { partial, _ in
      partial.flatMap { roles in
        var next = [roles + [.beginsBlock]]
        if let last = roles.last, last != .stored { next.append(roles + [.continuesBlock]) }
        if storing { next.append(roles + [.stored]) }
        return next
      }
    }
  }

  /// Layers of each block.
  static func blocks(_ roles: [Role]) -> [Int] {
    roles.reduce(into: []) { blocks, role in
      if role == .beginsBlock { blocks.append(1) } else { blocks[blocks.count - 1] += 1 }
    }
  }

  /// A stage of random sizes; with `alike` every layer has the same transients and work.
  static func random(layers: Int, alike: Bool, using generator: inout SeededGenerator) -> ReferenceStage {
    let largest = [3, 12, 1000].randomElement(using: &generator) ?? 12
    func sizes(_ same: Bool, _ largest: Int, _ generator: inout SeededGenerator) -> [Int] {
      let first = Int.random(in: 0...largest, using: &generator)
      return (0..<layers).map { _ in same ? first : Int.random(in: 0...largest, using: &generator) }
    }
    return ReferenceStage(
      resident: sizes(Bool.random(using: &generator), largest, &generator),
      transient: sizes(alike, largest, &generator),
      streamSize: Int.random(in: 0...16, using: &generator), inFlight: Int.random(in: 1...4, using: &generator),
      perBlock: Int.random(in: 0...3, using: &generator), perLayer: sizes(alike, 6, &generator),
      perInnerLayer: sizes(alike, 6, &generator))
  }
}
