import CostModel
import LayerRuntime
import Measurement
import Quantities

/// What a connection does once a call beside its operations: φ in the order in which the kernels read it, the sums of its
/// gradient, and copies of streams.
extension ConnectionWork {
  /// Copies of φ in the order in which the kernels read it, and sums of its gradient: once a call.
  ///
  /// All threads share both. Forwards it is a transpose, number by number; backwards rows are copied.
  /// - Parameters:
  ///   - backward: which of the two.
  ///   - layer: what the names of the layer's own memory end with.
  /// - Returns: a work an operation.
  func packing(backward: Bool, layer: String = "") -> [Work] {
    guard let sizes = ConnectionSizes(kind, shape) else { return [] }
    let count = Double(sizes.weights)
    var work = Work(name: "pack phi", threads: threads)
    work.touches = [.read("weights" + layer, 4 * count), .write("packed", 4 * count)]
    (work.moved, work.arrays) = (backward ? 0 : 2 * count, 2)
    guard backward else { return [work] }
    work.walk(ElementwisePass(count: sizes.weights, reads: 1, writes: 1), ["weights" + layer, "packed"])
    var clear = Work(name: "clear sums", threads: threads)
    clear.touches = [.write("sums", 4 * count * Double(threads))]
    clear.walk(ElementwisePass(count: sizes.weights * threads, reads: 0, writes: 1), ["sums"])
    return [work, clear]
  }

  /// The sums of all threads added to the gradient of φ, one thread's after the other.
  func addingSums(layer: String = "") -> [Work] {
    guard let sizes = ConnectionSizes(kind, shape) else { return [] }
    let (count, gradients) = (4 * Double(sizes.weights), "weight gradients" + layer)
    return (0..<threads).map { thread in
      var work = Work(name: "add sums of threads", threads: threads, starts: thread == 0)
      work.touches = [.read("sums", count), .read(gradients, count), .write(gradients, count, .inPlace)]
      (work.arrays, work.vector) = (2, [.multiplyAdd: count / 4])
      work.walk(ElementwisePass(count: sizes.weights, reads: 2, writes: 1), ["sums", gradients, gradients])
      // A thread's sums begin on a line of their own.
      work.operands[0].offset = thread * ((4 * sizes.weights + 63) / 64 * 64)
      return work
    }
  }

  /// A copy to float32 on one thread.
  func widen(_ from: String, _ to: String) -> [Work] {
    var work = Work(name: "copy \(from)", threads: 1)
    work.touches = [.read(from, streamBytes), .write(to, Double(shape.tokens * shape.channels) * 4)]
    work.arrays = 2
    if format == .float32 {
      work.action = .copy(Bytes(shape.tokens * shape.channels * 4))
      work.operands = [Pass.Operand(from), Pass.Operand(to)]
    } else {
      work.vector = [.widening: Double(shape.tokens * shape.channels)]
    }
    return [work]
  }
}

extension Work {
  /// Lets a probe go through such arrays for it: those that are read, then those that are written.
  mutating func walk(_ pass: ElementwisePass, _ names: [String]) {
    action = .each(pass)
    operands = names.map { Pass.Operand($0) }
  }
}
