import CostModel
import LayerRuntime
import Measurement
import Quantities

/// A layer function's products and elementwise passes, forward and backward, as the runtime runs them.
struct FunctionWork {
  let kind: LayerFunctionKind
  let shape: LayerShape
  let threads: Int
  /// The names of the memory that its weights and their gradients are in.
  let weights, gradients: String

  private var T: Int { shape.tokens }
  private var C: Int { shape.channels }
  private var tokens: Double { Double(T) }

  /// A matrix: its memory, and the numbers from there to its first one.
  private struct Factor {
    var name: String
    var offset = 0
    var stride: Int
    var isTransposed = false

    var transposed: Factor {
      var other = self
      other.isTransposed.toggle()
      return other
    }
    var operand: Pass.Operand { Pass.Operand(name, offset: 4 * offset) }
    var matrix: MatrixProduct.Matrix { MatrixProduct.Matrix(stride: stride, isTransposed: isTransposed) }
  }

  /// left [rows, inner] · right [inner, columns] into the result, or added to it.
  private func product(
    _ name: String, _ rows: Int, _ columns: Int, _ inner: Int, _ left: Factor, _ right: Factor, into result: Factor,
    adds: Bool = false
  ) -> Work {
    var work = Work(name: name, threads: threads)
    let form: ProductForm =
      left.isTransposed ? .leftTransposed : right.isTransposed ? .rightTransposed : .plain
    guard let shape = ProductShape(rows: rows, columns: columns, inner: inner, form: form) else { return work }
    work.products = [shape]
    work.tokens = T
    let product = MatrixProduct(
      shape, left: left.matrix, right: right.matrix, result: result.matrix, adds: adds)
    (work.action, work.operands) = (.product(product), [left.operand, right.operand, result.operand])
    // Numbers between rows are another head's; where a head begins is no line of its own.
    if work.operands.contains(where: { $0.offset % 64 != 0 }) { work.action = nil }
    return work
  }

  /// An elementwise pass over [T, width]: which arrays are read and written, and the arithmetic of one number.
  private func each(
    _ name: String, _ width: Int, reads: [Pass.Operand], writes: [Pass.Operand], _ vector: [VectorWork: Double],
    compared: Double = 0
  ) -> Work {
    let count = tokens * Double(width)
    var work = Work(name: name, threads: threads)
    work.tokens = T
    func buffer(_ operand: Pass.Operand) -> String {
      operand.offset == 0 ? operand.name : "\(operand.name) + \(operand.offset)"
    }
    work.touches =
      reads.map { .read(buffer($0), 4 * count) }
      + writes.map { .write(buffer($0), 4 * count, reads.contains($0) ? .inPlace : .ordinary) }
    work.arrays = Set(reads + writes).count
    work.vector = vector.mapValues { $0 * count }
    work.compared = compared * count
    guard compared == 0 else { return work }
    var pass = ElementwisePass(count: T * width, reads: reads.count, writes: writes.count)
    pass.exponentials = vector[.exponential] ?? 0 > 0 ? 1 : 0
    pass.multiplyAdds = Int(vector[.multiplyAdd] ?? 0)
    (work.action, work.operands) = (.each(pass), reads + writes)
    return work
  }

  // The arithmetic of one number, as the kernels have it: tanh is an exponential, a division and a polynomial.
  private static let gelu: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 8 + 6]
  private static let geluBackward: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 8 + 14]
  private static let swiGLU: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 3]
  private static let swiGLUBackward: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 9]

  /// z = norm(u): the second pass over a row finds it in the nearest cache.
  func norm(u: String, z: String) -> Work {
    each("norm", C, reads: [.init(u)], writes: [.init(z)], [.multiplyAdd: 3])
  }

  /// ∂u in place of ∂z, and the sum of the weight's gradient.
  func normBackward(gradient: String, u: String) -> Work {
    each("norm backward", C, reads: [.init(gradient), .init(u)], writes: [.init(gradient)], [.multiplyAdd: 8])
  }

  /// y = F(z).
  func forward(z: String, saved: String, scratch: String, y: String) -> [Work] {
    let (input, output) = (Factor(name: z, stride: C), Factor(name: y, stride: C))
    switch kind {
    case .identity:
      var work = Work(name: "copy z", threads: 1, starts: false)
      (work.touches, work.arrays) = ([.read(z, 4 * tokens * Double(C)), .write(y, 4 * tokens * Double(C))], 2)
      (work.action, work.operands) = (.copy(Bytes(4 * T * C)), [.init(z), .init(y)])
      return [work]
    case .gelu(let H):
      return [
        product("up", T, H, C, input, weight(0, H), into: Factor(name: saved, stride: H)),
        each("gelu", H, reads: [.init(saved)], writes: [.init(scratch)], Self.gelu),
        product("down", T, C, H, Factor(name: scratch, stride: H), weight(C * H, C), into: output),
      ]
    case .swiGLU(let H):
      return [
        product("gate", T, H, C, input, weight(0, H), into: Factor(name: saved, stride: H)),
        product("up", T, H, C, input, weight(C * H, H), into: Factor(name: saved, offset: T * H, stride: H)),
        each("swiglu", H, reads: [.init(saved), half(saved, H, 1)], writes: [.init(scratch)], Self.swiGLU),
        product("down", T, C, H, Factor(name: scratch, stride: H), weight(2 * C * H, C), into: output),
      ]
    case .attention(let heads):
      let attended = Factor(name: saved, offset: 3 * T * C, stride: C)
      let core = (0..<heads).flatMap { head in
        let at = head * C / heads
        return scores(saved, scratch, at, heads) + [
          product(
            "attend", T, C / heads, T, Factor(name: scratch, stride: T), part(saved, 2, at), into: moved(attended, at))
        ]
      }
      return [product("query, key, value", T, 3 * C, C, input, weight(0, 3 * C), into: part(saved, 0, 0))] + core + [
        product("output", T, C, C, attended, weight(3 * C * C, C), into: output)
      ]
    }
  }

  /// ∂z in place of ∂y, and the gradients of the weights.
  func backward(z: String, saved: String, scratch: String, gradient: String) -> [Work] {
    let (input, outer) = (Factor(name: z, stride: C), Factor(name: gradient, stride: C))
    switch kind {
    case .identity: return []
    case .gelu(let H):
      let (h, back) = (Factor(name: scratch, stride: H), Factor(name: scratch, offset: T * H, stride: H))
      return [
        each("gelu", H, reads: [.init(saved)], writes: [.init(scratch)], Self.gelu),
        product("down's gradient", H, C, T, h.transposed, outer, into: ofWeight(C * H, C), adds: true),
        product("down backward", T, H, C, outer, weight(C * H, C).transposed, into: back),
        each(
          "gelu backward", H, reads: [.init(saved), back.operand], writes: [back.operand], Self.geluBackward),
        product("up's gradient", C, H, T, input.transposed, back, into: ofWeight(0, H), adds: true),
        product("up backward", T, C, H, back, weight(0, H).transposed, into: outer),
      ]
    case .swiGLU(let H):
      let (h, halves) = (Factor(name: scratch, stride: H), [half(saved, H, 0), half(saved, H, 1)])
      let backs = [1, 2].map { Factor(name: scratch, offset: $0 * T * H, stride: H) }
      let projections = backs.enumerated().flatMap { index, back in
        [
          product(
            "up's gradient", C, H, T, input.transposed, back, into: ofWeight(index * C * H, H), adds: true),
          product(
            "up backward", T, C, H, back, weight(index * C * H, H).transposed, into: outer, adds: index > 0),
        ]
      }
      return [
        each("swiglu", H, reads: halves, writes: [h.operand], Self.swiGLU),
        product("down's gradient", H, C, T, h.transposed, outer, into: ofWeight(2 * C * H, C), adds: true),
        product("down backward", T, H, C, outer, weight(2 * C * H, C).transposed, into: h),
        each(
          "swiglu backward", H, reads: halves + [h.operand], writes: backs.map(\.operand), Self.swiGLUBackward),
      ] + projections
    case .attention(let heads): return attentionBackward(input, saved, scratch, outer, heads)
    }
  }

  private func attentionBackward(
    _ input: Factor, _ saved: String, _ scratch: String, _ outer: Factor, _ heads: Int
  ) -> [Work] {
    let attended = Factor(name: saved, offset: 3 * T * C, stride: C)
    let ofAttended = Factor(name: scratch, stride: C)
    func ofPart(_ index: Int, _ at: Int) -> Factor {
      Factor(name: scratch, offset: T * C + index * C + at, stride: 3 * C)
    }
    let all = Factor(name: scratch, offset: 4 * T * C, stride: T)
    let ofAll = Factor(name: scratch, offset: 4 * T * C + T * T, stride: T)
    let width = C / heads
    let core = (0..<heads).flatMap { head in
      let at = head * width
      let ofHead = moved(ofAttended, at)
      return scores(saved, scratch, at, heads, offset: 4 * T * C) + [
        product("value's gradient", T, width, T, all.transposed, ofHead, into: ofPart(2, at)),
        product("scores' gradient", T, T, width, ofHead, part(saved, 2, at).transposed, into: ofAll),
        each(
          "softmax backward", T, reads: [all.operand, ofAll.operand], writes: [ofAll.operand], [.multiplyAdd: 3]),
        product("query's gradient", T, width, T, ofAll, part(saved, 1, at), into: ofPart(0, at)),
        product("key's gradient", T, width, T, ofAll.transposed, part(saved, 0, at), into: ofPart(1, at)),
      ]
    }
    return [
      product("output's gradient", C, C, T, attended.transposed, outer, into: ofWeight(3 * C * C, C), adds: true),
      product("output backward", T, C, C, outer, weight(3 * C * C, C).transposed, into: ofAttended),
    ] + core + [
      product(
        "projections' gradient", C, 3 * C, T, input.transposed, ofPart(0, 0), into: ofWeight(0, 3 * C), adds: true),
      product("projections backward", T, C, 3 * C, ofPart(0, 0), weight(0, 3 * C).transposed, into: outer),
    ]
  }

  /// A matrix of weights that begins at a number of them, and its gradient.
  private func weight(_ offset: Int, _ stride: Int) -> Factor { Factor(name: weights, offset: offset, stride: stride) }
  private func ofWeight(_ offset: Int, _ stride: Int) -> Factor {
    Factor(name: gradients, offset: offset, stride: stride)
  }
  /// One of the arrays [T, H] that stand one behind the other.
  private func half(_ saved: String, _ H: Int, _ index: Int) -> Pass.Operand {
    Pass.Operand(saved, offset: 4 * index * T * H)
  }
  /// A head's queries, keys or values.
  private func part(_ saved: String, _ index: Int, _ at: Int) -> Factor {
    Factor(name: saved, offset: index * C + at, stride: 3 * C)
  }
  private func moved(_ factor: Factor, _ at: Int) -> Factor {
    var other = factor
    other.offset += at
    return other
  }

  /// Scores of one head and their softmax: half of the scores are seen, exponentials of these, and a largest that is found
  /// number by number.
  private func scores(_ saved: String, _ scratch: String, _ at: Int, _ heads: Int, offset: Int = 0) -> [Work] {
    let result = Factor(name: scratch, offset: offset, stride: T)
    var softmax = each(
      "softmax", T, reads: [result.operand], writes: [result.operand], [.exponential: 0.5, .multiplyAdd: 1],
      compared: 0.5)
    softmax.touches[0].bytes /= 2
    return [
      product("scores", T, T, C / heads, part(saved, 0, at), part(saved, 1, at).transposed, into: result), softmax,
    ]
  }
}
