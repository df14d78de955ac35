public import Quantities

/// What a pass of a layer or a step of a stack walks and multiplies: operations in order, on tensors that they share.
public struct Pass: Hashable, Sendable {
  /// A tensor, or a part of one.
  public struct Operand: Hashable, Sendable {
    /// The tensor.
    public var name: String
    /// Bytes from its beginning to the part's.
    public var offset: Int

    /// A part of a tensor that begins so many bytes after its beginning: a multiple of 64.
    public init(_ name: String, offset: Int = 0) { (self.name, self.offset) = (name, offset) }
  }

  /// What an operation does.
  public enum Action: Hashable, Sendable {
    /// Rows or tall products, token by token; operands are in the order of ``Movement/tensorBytes``.
    case movement(Movement)
    /// Number by number; operands are those read, then those written.
    case each(ElementwisePass)
    /// A matrix product of the first operand and the second, into the third.
    case product(MatrixProduct)
    /// So many bytes of the first operand copied to the second.
    case copy(Bytes)
  }

  /// One operation and its operands.
  public struct Step: Hashable, Sendable {
    /// What is done.
    public var action: Action
    /// To what.
    public var operands: [Operand]

    /// An operation on these.
    public init(_ action: Action, _ operands: [Operand]) { (self.action, self.operands) = (action, operands) }
  }

  /// Operations between which threads do not wait for each other.
  public struct Call: Hashable, Sendable {
    /// In order; each thread goes through all of them with its own part of the tokens.
    public var steps: [Step]
    /// Tokens of a tile, where all run on one tile and then on the next; nil to take each over all tokens.
    public var tile: Int?
    /// Whether one thread does all of it while the others wait.
    public var isSerial = false

    /// Operations, tile by tile if there is one.
    public init(_ steps: [Step], tile: Int? = nil, isSerial: Bool = false) {
      (self.steps, self.tile, self.isSerial) = (steps, tile, isSerial)
    }
  }

  /// In order; threads wait for each other after each.
  public var calls: [Call]
  /// Tokens of all threads together.
  public var tokens: Int
  /// Threads that share the tokens.
  public var threads: Int
  /// Tensors that have room for one tile of each thread only.
  public var local: Set<String> = []

  /// Calls over so many tokens.
  public init(_ calls: [Call], tokens: Int, threads: Int, local: Set<String> = []) {
    (self.calls, self.tokens, self.threads, self.local) = (calls, tokens, threads, local)
  }

  /// One movement by itself.
  public init(_ movement: Movement, tokens: Int, threads: Int) {
    let operands = movement.tensorBytes.indices.map { Operand("\($0)") }
    self.init([Call([Step(.movement(movement), operands)])], tokens: tokens, threads: threads)
  }

  /// The operations, the tokens and the threads.
  var label: String {
    let all = calls.flatMap { $0.steps.map(\.action.label) }
    let shown = all.prefix(8).joined(separator: "; ") + (all.count > 8 ? "; and \(all.count - 8) more" : "")
    let isTiled = calls.contains { $0.tile != nil }
    return shown + "; \(tokens) tokens, \(threads) threads" + (isTiled ? ", tiled" : "")
  }
}

extension Pass.Action {
  /// Bytes that it takes of each operand, all tokens together.
  func extents(tokens: Int) -> [Int] {
    switch self {
    case .movement(let movement): movement.tensorBytes.map { $0.count * tokens }
    case .each(let pass): Array(repeating: 4 * pass.count, count: pass.reads + pass.writes)
    case .product(let product): product.extents
    case .copy(let bytes): [bytes.count, bytes.count]
    }
  }

  /// What it is, in words.
  var label: String {
    switch self {
    case .movement(.rows(let traffic)): "rows: \(traffic.label)"
    case .movement(.product(let product)): "tall product: \(product.label)"
    case .each(let pass): "each: \(pass.label)"
    case .product(let product): "product: \(product.label)"
    case .copy(let bytes): "copy: \(bytes.count) B"
    }
  }

  var movement: Movement? { if case .movement(let movement) = self { movement } else { nil } }
}
