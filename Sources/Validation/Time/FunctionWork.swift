import CostModel
import LayerRuntime

/// A layer function's products and elementwise passes, forward and backward, as the runtime runs them.
struct FunctionWork {
  let kind: LayerFunctionKind
  let shape: LayerShape
  let threads: Int

  private var T: Int { shape.tokens }
  private var C: Int { shape.channels }
  private var tokens: Double { Double(T) }

  private func product(_ name: String, _ rows: Int, _ columns: Int, _ inner: Int, _ form: ProductForm = .plain) -> Work
  {
    var work = Work(name: name, threads: threads)
    work.products = ProductShape(rows: rows, columns: columns, inner: inner, form: form).map { [$0] } ?? []
    return work
  }

  /// An elementwise pass over [T, width]: how many arrays are read and written, and the arithmetic of one number.
  private func each(
    _ name: String, _ width: Int, reads: [String], writes: [String], _ vector: [VectorWork: Double],
    compared: Double = 0
  ) -> Work {
    let count = tokens * Double(width)
    var work = Work(name: name, threads: threads)
    work.touches =
      reads.map { .read($0, 4 * count) }
      + writes.map { .write($0, 4 * count, reads.contains($0) ? .inPlace : .ordinary) }
    work.arrays = Set(reads + writes).count
    work.vector = vector.mapValues { $0 * count }
    work.compared = compared * count
    return work
  }

  // The arithmetic of one number, as the kernels have it: tanh is an exponential, a division and a polynomial.
  private static let gelu: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 8 + 6]
  private static let geluBackward: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 8 + 14]
  private static let swiGLU: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 3]
  private static let swiGLUBackward: [VectorWork: Double] = [.exponential: 1, .division: 1, .multiplyAdd: 9]

  /// z = norm(u): the second pass over a row finds it in the nearest cache.
  func norm(u: String, z: String) -> Work {
    each("norm", C, reads: [u], writes: [z], [.multiplyAdd: 3])
  }

  /// ∂u in place of ∂z, and the sum of the weight's gradient.
  func normBackward(gradient: String, u: String) -> Work {
    each("norm backward", C, reads: [gradient, u], writes: [gradient], [.multiplyAdd: 8])
  }

  /// y = F(z).
  func forward(z: String, saved: String, scratch: String, y: String) -> [Work] {
    switch kind {
    case .identity: return [each("copy z", C, reads: [z], writes: [y], [:])].map { serial($0) }
    case .gelu(let H):
      return [
        product("up", T, H, C), each("gelu", H, reads: [saved], writes: [scratch], Self.gelu), product("down", T, C, H),
      ]
    case .swiGLU(let H):
      return [
        product("gate", T, H, C), product("up", T, H, C),
        each("swiglu", H, reads: [saved + " a", saved + " b"], writes: [scratch], Self.swiGLU),
        product("down", T, C, H),
      ]
    case .attention(let heads):
      let width = C / heads
      let core = (0..<heads).flatMap { _ in
        [product("scores", T, T, width, .rightTransposed), softmax(scratch), product("attend", T, width, T)]
      }
      return [product("query, key, value", T, 3 * C, C)] + core + [product("output", T, C, C)]
    }
  }

  /// ∂z in place of ∂y, and the gradients of the weights.
  func backward(z: String, saved: String, scratch: String, gradient: String) -> [Work] {
    let back = scratch + " back"
    switch kind {
    case .identity: return []
    case .gelu(let H):
      return [
        each("gelu", H, reads: [saved], writes: [scratch], Self.gelu),
        product("down's gradient", H, C, T, .leftTransposed), product("down backward", T, H, C, .rightTransposed),
        each("gelu backward", H, reads: [saved, back], writes: [back], Self.geluBackward),
        product("up's gradient", C, H, T, .leftTransposed), product("up backward", T, C, H, .rightTransposed),
      ]
    case .swiGLU(let H):
      let halves = (0..<2).flatMap { _ in
        [product("up's gradient", C, H, T, .leftTransposed), product("up backward", T, C, H, .rightTransposed)]
      }
      return [
        each("swiglu", H, reads: [saved + " a", saved + " b"], writes: [scratch], Self.swiGLU),
        product("down's gradient", H, C, T, .leftTransposed), product("down backward", T, H, C, .rightTransposed),
        each(
          "swiglu backward", H, reads: [saved + " a", saved + " b", scratch], writes: [back, back + " b"],
          Self.swiGLUBackward),
      ] + halves
    case .attention(let heads):
      let width = C / heads
      let core = (0..<heads).flatMap { _ in
        [
          product("scores", T, T, width, .rightTransposed), softmax(scratch),
          product("value's gradient", T, width, T, .leftTransposed),
          product("scores' gradient", T, T, width, .rightTransposed),
          each("softmax backward", T, reads: [scratch, back], writes: [back], [.multiplyAdd: 3]),
          product("query's gradient", T, width, T), product("key's gradient", T, width, T, .leftTransposed),
        ]
      }
      return [
        product("output's gradient", C, C, T, .leftTransposed), product("output backward", T, C, C, .rightTransposed),
      ]
        + core + [
          product("projections' gradient", C, 3 * C, T, .leftTransposed),
          product("projections backward", T, C, 3 * C, .rightTransposed),
        ]
    }
  }

  /// Half of the scores are seen: exponentials of these, and a largest that is found number by number.
  private func softmax(_ scores: String) -> Work {
    var work = each(
      "softmax", T, reads: [scores], writes: [scores], [.exponential: 0.5, .multiplyAdd: 1], compared: 0.5)
    work.touches[0].bytes /= 2
    return work
  }

  private func serial(_ work: Work) -> Work {
    var work = work
    (work.threads, work.starts) = (1, false)
    return work
  }
}
