import CProbes
public import Quantities

/// Products of tall rows with a narrow table, over and over.
public final class SkinnyProbe: Probe {
  /// What is multiplied.
  public let product: SkinnyProduct
  /// Tokens of all threads together.
  public let tokens: Int
  /// Threads that share the tokens.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam
  /// What rows of dx are mixed with, and what they are multiplied by: zero, so that sums and gradients stay finite however
  /// often they are added to.
  private let factor: Float

  /// A probe; nil where its form is not known or the buffer too small.
  public convenience init?(_ product: SkinnyProduct, tokens: Int, threads: Int, buffer: ProbeBuffer) {
    self.init(product, tokens: tokens, threads: threads, buffer: buffer, variant: .best)
  }

  /// The same with factors that leave something to be seen.
  init?(
    _ product: SkinnyProduct, tokens: Int, threads: Int, buffer: ProbeBuffer, variant: ProbeVariant, factor: Float = 0
  ) {
    guard threads > 0, tokens >= threads, tokens <= 1 << 32, product.channels > 0, product.channels % 32 == 0,
      product.channels <= 1 << 20, (1...16).contains(product.streams), (1...288).contains(product.outputs),
      product.rows > 0, product.rows * product.inputs == product.streams * product.channels,
      product.inputs % product.channels == 0, product.slice > 0
    else { return nil }
    self.product = product
    (self.tokens, self.threads) = (tokens, threads)
    (self.buffer, self.variant, self.factor) = (buffer, variant, factor)
    team = ProbeTeam(threads: threads)
    guard Self.bufferSize(product, tokens: tokens, threads: threads) <= buffer.size else { return nil }
    buffer.fill(0..<Self.factorFloats(product), with: factor)
    var one = part(thread: 0)
    one.rows = 1
    guard variant.table.pointee.skinny(&one, 1) != 0 else { return nil }
  }

  /// The bytes of all tensors, and of every thread's tables and sums.
  public static func bufferSize(_ product: SkinnyProduct, tokens: Int, threads: Int) -> Bytes {
    let sums = 4 * product.rows * (product.outputs + 1)
    return Bytes(
      tokens * (product.bytesOfToken.count + sums) + 4 * factorFloats(product) + 8 * 64
        + threads * 2 * (tableBytes(product) + 64))
  }

  private static func factorFloats(_ product: SkinnyProduct) -> Int { 8 * (product.outputs + 16) / 16 * 16 + 16 }
  private static func tableBytes(_ product: SkinnyProduct) -> Int {
    4 * product.inputs * ((product.outputs + 7) / 8 * 8)
  }

  /// The products, the tokens and the threads.
  public var label: String { "tall product: \(product.label), \(tokens) tokens, \(threads) threads" }

  /// Passes over all tokens, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    // Another probe may have left something there.
    buffer.fill(0..<Self.factorFloats(product), with: factor)
    let (variant, parts) = (variant, (0..<threads).map { Part(value: self.part(thread: $0)) })
    return team.time(repetitions: repetitions, isWarm: repetitions > 1) { thread, repetitions in
      var part = parts[thread].value
      _ = variant.table.pointee.skinny(&part, repetitions)
    }
  }

  private struct Part: @unchecked Sendable { var value: mhcp_skinny }

  /// Where a thread's tokens lie, and its own tables.
  private func part(thread: Int) -> mhcp_skinny {
    let (first, last) = (tokens * thread / threads, tokens * (thread + 1) / threads)
    let stream = product.streams * product.channels * (product.isBFloat16 ? 2 : 4)
    var place = UnsafeMutableRawPointer(buffer.base)
    func take(_ bytes: Int, from offset: Int = 0) -> UnsafeMutableRawPointer {
      defer { place += (bytes + 63) / 64 * 64 }
      return place + offset
    }
    var made = mhcp_skinny()
    made.factors = UnsafePointer(take(4 * Self.factorFloats(product)).assumingMemoryBound(to: Float.self))
    made.x = UnsafeRawPointer(take(tokens * stream, from: first * stream))
    switch product.pass {
    case .forward:
      let sums = 4 * product.rows * (product.outputs + 1)
      made.sums = take(tokens * sums, from: first * sums).assumingMemoryBound(to: Float.self)
    case .backward(let accumulates):
      made.dx = take(tokens * stream, from: first * stream)
      (made.backward, made.accumulates) = (1, accumulates ? 1 : 0)
    case .mixed:
      made.dx = take(tokens * stream, from: first * stream)
      made.g = UnsafeRawPointer(take(tokens * stream, from: first * stream))
      made.du = UnsafePointer(
        take(4 * tokens * product.channels, from: 4 * first * product.channels).assumingMemoryBound(to: Float.self))
      (made.backward, made.mixes) = (1, Int32(product.streams))
    }
    let table = (Self.tableBytes(product) + 63) / 64 * 64
    place += 2 * thread * table
    made.table = UnsafePointer(take(table).assumingMemoryBound(to: Float.self))
    made.gradient = take(table).assumingMemoryBound(to: Float.self)
    made.rows = (last - first) * (product.pass == .mixed ? 1 : product.rows)
    (made.inputs, made.outputs) = (product.inputs, product.outputs)
    (made.segments, made.channels, made.slice) = (product.inputs / product.channels, product.channels, product.slice)
    (made.streaming, made.bfloat16) = (product.isStreaming ? 1 : 0, product.isBFloat16 ? 1 : 0)
    return made
  }
}
