public import LayerRuntime

/// A stack's peak, predicted and then measured.
public struct MemoryRow: Hashable, Sendable {
  /// The case.
  public var name: String
  /// Predicted before the step was run, by purpose.
  public var predicted: [Purpose: Int]
  /// The arena's bytes at its peak, by purpose.
  public var measured: [Purpose: Int]
  /// The growth of the process's resident set by the stack and one step; nil where it was not read.
  public var residentBytes: Int?

  /// Predicted bytes of all purposes.
  public var predictedBytes: Int { predicted.values.reduce(0, +) }
  /// Measured bytes of all purposes.
  public var measuredBytes: Int { measured.values.reduce(0, +) }
  /// The purpose that differs most, or 0 where none does, and by how much: measured less predicted.
  public var worstDifference: (purpose: Purpose?, bytes: Int) {
    var worst: (Purpose?, Int) = (nil, 0)
    for purpose in Purpose.allCases {
      let difference = (measured[purpose] ?? 0) - (predicted[purpose] ?? 0)
      if abs(difference) > abs(worst.1) { worst = (purpose, difference) }
    }
    return worst
  }
  /// The resident set's growth over the predicted peak, less one.
  public var residentError: Double? {
    residentBytes.map { Double($0) / Double(max(predictedBytes, 1)) - 1 }
  }
}

extension MemoryRow {
  /// Predicts a stack, builds it, runs one step and reads the arena.
  ///
  /// - Parameters:
  ///   - stackCase: the stack.
  ///   - readsResidentSet: whether to read the process's resident set before and after, for a stack large beside what
  ///     else the process touches.
  /// - Returns: what was predicted and what was measured.
  /// - Throws: `RuntimeError` for a stack that cannot be built or run.
  public static func run(_ stackCase: StackCase, readsResidentSet: Bool = false) throws -> MemoryRow {
    let c = stackCase.configuration
    // Libraries get buffers of their own with the first product of a size, which are not the stack's.
    if readsResidentSet { try Self.step(LayerStack(c.prefix(1), arena: try Arena())) }
    let count = c.shape.tokens * c.shape.streamElements
    let numbers = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count * c.format.bytes), alignment: 64)
    defer { numbers.deallocate() }
    let input = try Streams(
      borrowing: UnsafeMutableRawBufferPointer(rebasing: numbers[..<(count * c.format.bytes)]), c.format)
    for index in 0..<count { input[index] = Float(index % 61) * 0.03125 - 0.9 }

    let before = readsResidentSet ? ResidentSet.bytes : nil
    let arena = try Arena()
    let stack = try LayerStack(c, arena: arena)
    let predicted = try StackMemory(c, kernelScratchBytes: arena.currentBytes[.scratch] ?? 0)
    arena.resetPeak()
    try stack.step(input)
    let after = readsResidentSet ? ResidentSet.bytes : nil
    var row = MemoryRow(
      name: stackCase.name, predicted: predicted.bytes, measured: arena.bytesAtPeak.filter { $0.value > 0 })
    if let before, let after { row.residentBytes = after - before }
    return row
  }

  private static func step(_ stack: LayerStack) throws {
    let c = stack.configuration
    let arena = try Arena()
    let input = try Streams(arena, .transient, c.shape, c.format)
    input.base.initializeMemory(as: UInt8.self, repeating: 0, count: input.count * c.format.bytes)
    try stack.step(input)
  }
}

extension LayerStack.Configuration {
  /// The same stack's first layers, everything stored.
  func prefix(_ layers: Int) -> LayerStack.Configuration {
    var first = self
    first.functions = Array(functions.prefix(layers))
    first.blocks = .stored
    return first
  }
}
