import CProbes
public import Quantities

/// What one operation walks for every token: rows of tensors, or tall rows times a narrow table.
public enum Movement: Hashable, Sendable {
  /// Rows that are loaded, mixed, summed and stored.
  case rows(RowTraffic)
  /// A tall product, or both of its gradients.
  case product(SkinnyProduct)

  /// Bytes of a token of its tensors, in the order in which they are handed over: stream tensors read, the one written, the
  /// row read, those written; of a product x, dx, what is mixed into it, and the row beside it or the mix, or x, what is mixed of it meanwhile,
  /// and a row that all tokens share.
  public var tensorBytes: [Bytes] {
    switch self {
    case .rows(let traffic):
      let stream = Bytes(traffic.streams * traffic.channels * (traffic.isBFloat16 ? 2 : 4))
      let row = Bytes(traffic.channels * 4)
      let written = traffic.isStaged ? traffic.stagedBytesOfToken : stream
      return Array(repeating: stream, count: traffic.streamReads)
        + Array(repeating: written, count: traffic.streamWrites)
        + Array(repeating: row, count: traffic.channelReads + traffic.channelWrites)
    case .product(let product):
      let stream = Bytes(product.streams * product.channels * (product.isBFloat16 ? 2 : 4))
      return switch product.pass {
      case .forward: product.mixesBeside ? [stream, stream, Bytes(product.channels * 4)] : [stream]
      case .backward: [stream, stream]
      case .mixed: [stream, stream, stream, Bytes(product.channels * 4)]
      case .staged: [stream, stream, stream, product.stagedBytesOfToken]
      }
    }
  }

  /// Which of its tensors stands side by side for a tile of tokens, and for no more.
  var stagedTensor: Int? {
    switch self {
    case .rows(let traffic): traffic.isStaged ? traffic.streamReads : nil
    case .product(let product): product.pass == .staged ? 3 : nil
    }
  }

  /// Bytes of a token of all its tensors and of its sums.
  public var bytesOfToken: Bytes {
    Bytes(tensorBytes.reduce(0) { $0 + $1.count } + sumBytes)
  }

  /// Bytes of a token that stay in a cache.
  public var cachedBytesOfToken: Bytes {
    switch self {
    case .rows(let traffic): traffic.cachedBytesOfToken
    case .product(let product): product.cachedBytesOfToken
    }
  }

  /// Bytes of the sums of a token.
  var sumBytes: Int {
    switch self {
    case .rows(let traffic): 4 * traffic.sums
    case .product(let product): 4 * product.rows * (product.outputs + 1)
    }
  }

  /// Floats of factors of rows from a token to the next; 0 where all tokens share the same.
  var factorStep: Int {
    switch self {
    case .rows(let traffic): traffic.factors
    case .product(let product): product.mixesBeside ? SkinnyProduct.factorsBeside : 0
    }
  }

  /// Floats of factors that are read from a token's first one on.
  var factorFloats: Int {
    switch self {
    case .rows(let traffic): 2 * traffic.streams * (traffic.streams + 1)
    case .product(let product): 8 * (product.outputs + 2) + 16
    }
  }

  /// Bytes of one of the two tables that every thread has for itself; 0 without.
  var tableBytes: Int {
    switch self {
    case .rows: 0
    case .product(let product): 4 * product.inputs * ((product.outputs + 7) / 8 * 8)
    }
  }
}

extension Movement {
  var isProduct: Bool { if case .product = self { true } else { false } }

  /// Whether its sizes are ones that a probe takes.
  var isSound: Bool {
    let channels: Int
    switch self {
    case .rows(let traffic):
      guard (1...8).contains(traffic.streams), (0...1 << 10).contains(traffic.factors),
        traffic.channelWrites < 2 || traffic.streams <= 4,
        !traffic.isStaged || (traffic.streams <= 4 && !traffic.isStreaming)
      else { return false }
      channels = traffic.channels
    case .product(let product):
      guard (1...16).contains(product.streams), (1...288).contains(product.outputs), product.rows > 0,
        product.slice > 0, product.slice % 32 == 0, product.channels > 0,
        product.rows * product.inputs == product.streams * product.channels,
        product.inputs % product.channels == 0,
        !product.mixesBeside || (product.pass == .forward && product.streams == 4),
        product.pass != .staged || (product.streams == 4 && !product.isBFloat16),
        !product.walksBeside || product.pass == .staged
      else { return false }
      channels = product.channels
    }
    return channels > 0 && channels % 32 == 0 && channels <= 1 << 24
  }
}

/// Where the tensors of a movement lie, for the tokens of one call.
struct MovementPlace {
  /// In the order of ``Movement/tensorBytes``, at the first token.
  var tensors: [UnsafeMutableRawPointer]
  var sums, factors: UnsafeMutablePointer<Float>
  /// Rows of earlier tokens that are mixed meanwhile: the tensors there, their factors, and how many tokens.
  var beside: (tensors: [UnsafeMutableRawPointer], factors: UnsafeMutablePointer<Float>, tokens: Int)?
  /// A table and its gradient.
  var table: UnsafeMutablePointer<Float>?
  var tableFloats = 0
}

extension RowTraffic {
  /// The call for so many tokens.
  func call(_ place: MovementPlace, tokens: Int) -> mhcp_traffic {
    var made = mhcp_traffic()
    var rest = place.tensors[...]
    made.factors = UnsafePointer(place.factors)
    if streamReads > 0 { made.stream.0 = rest.popFirst().map { UnsafeRawPointer($0) } }
    if streamReads > 1 { made.stream.1 = rest.popFirst().map { UnsafeRawPointer($0) } }
    if isStaged {
      made.staged = rest.popFirst()?.assumingMemoryBound(to: Float.self)
    } else if streamWrites > 0 {
      made.stream_out = rest.popFirst()
    }
    if channelReads > 0 { made.channel = rest.popFirst().map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) } }
    if channelWrites > 0 { made.channel_out = rest.popFirst()?.assumingMemoryBound(to: Float.self) }
    if channelWrites > 1 { made.channel_out_too = rest.popFirst()?.assumingMemoryBound(to: Float.self) }
    made.sums_out = place.sums
    made.factor_step = factors
    (made.tokens, made.channels, made.streams) = (tokens, channels, Int32(streams))
    (made.stream_reads, made.channel_reads) = (Int32(streamReads), Int32(channelReads))
    (made.stream_writes, made.channel_writes) = (Int32(streamWrites), Int32(channelWrites))
    (made.in_place, made.sums) = (isInPlace ? 1 : 0, Int32(sums))
    (made.streaming, made.bfloat16) = (isStreaming ? 1 : 0, isBFloat16 ? 1 : 0)
    made.ahead = !fetchesAhead ? 0 : fetchesInOrder ? 2 : 1
    return made
  }
}

extension SkinnyProduct {
  /// The call for so many tokens.
  func call(_ place: MovementPlace, tokens: Int) -> mhcp_skinny {
    var made = mhcp_skinny()
    made.factors = UnsafePointer(place.factors)
    made.sums = place.sums
    made.x = UnsafeRawPointer(place.tensors[0])
    if case .backward(let accumulates) = pass { (made.backward, made.accumulates) = (1, accumulates ? 1 : 0) }
    if pass != .forward { made.dx = place.tensors[1] }
    if pass == .mixed || pass == .staged {
      made.g = UnsafeRawPointer(place.tensors[2])
      let beside = place.tensors[3].assumingMemoryBound(to: Float.self)
      if pass == .mixed { made.du = UnsafePointer(beside) } else { made.staged = beside }
      (made.backward, made.mixes) = (1, Int32(streams))
    }
    made.table = place.table.map { UnsafePointer($0) }
    made.gradient = place.table.map { $0 + place.tableFloats }
    if mixesBeside, let beside = place.beside {
      made.beside = UnsafeRawPointer(beside.tensors[0])
      made.beside_out = beside.tensors[1]
      made.beside_row = beside.tensors[2].assumingMemoryBound(to: Float.self)
      made.beside_factors = UnsafePointer(beside.factors)
      (made.besides, made.beside_factor_step) = (beside.tokens, Self.factorsBeside)
    }
    made.rows = tokens * (pass == .mixed || pass == .staged ? 1 : rows)
    (made.inputs, made.outputs) = (inputs, outputs)
    (made.segments, made.channels, made.slice) = (inputs / channels, channels, slice)
    (made.streaming, made.bfloat16) = (isStreaming ? 1 : 0, isBFloat16 ? 1 : 0)
    return made
  }
}
