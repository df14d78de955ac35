import CMHCKernels

/// What memory and arithmetic allow, by the plainest use of the same kernels' instructions.
///
/// Nothing here knows of a connection: the rates bound it from outside.
public final class RateProbe {
  private let arena: Arena
  private let source, target: Region<Float>
  private let small: Region<Float>
  private let variant: KernelVariant
  private let team: ThreadTeam
  private static let rows = 64
  private static let inputs = 128
  private static let outputs = 24

  /// A probe whose copy is of `elements` floats.
  /// - Throws: ``RuntimeError`` without room.
  public init(elements: Int, variant: KernelVariant = .best, team: ThreadTeam, arena: Arena) throws(RuntimeError) {
    let count = max(16 * 1024, elements / 16 * 16)
    self.arena = arena
    self.team = team
    self.variant = variant
    source = try arena.allocate(.scratch, count)
    target = try arena.allocate(.scratch, count)
    small = try arena.allocate(.scratch, team.count * 65_536)
    source.elements.initialize(repeating: 1)
    target.elements.initialize(repeating: 0)
    small.elements.initialize(repeating: 0.5)
  }

  deinit {
    arena.release(source)
    arena.release(target)
    arena.release(small)
  }

  /// Bytes that ``copy()`` reads and writes.
  public var copyBytes: Int { 2 * source.count * MemoryLayout<Float>.stride }

  /// Copies once, with stores past the caches.
  public func copy() {
    let addresses = LayerFunction.Pointers(source.base, target.base, small.base, small.base)
    small.base[0] = 1
    let variant = variant
    team.run(source.count / 16, granule: 1024) { range, _ in
      // One stream, one channel group of 16 a token: H = 1 in the caller's first float.
      let at = range.lowerBound * 16
      variant.table.pointee.f32.merge(
        addresses.a + at, nil, addresses.c, nil, 1, 1, range.count * 16,
        mhck_orientation(output_stride: 0, input_stride: 0),
        addresses.b + at, 1)
    }
  }

  /// Floating-point operations of one ``multiply()``.
  public var multiplyFLOPs: Int { team.count * 100 * 2 * Self.rows * Self.inputs * Self.outputs }

  /// Multiply-adds on numbers that stay in the nearest cache, on every thread.
  public func multiply() {
    let addresses = LayerFunction.Pointers(small.base, small.base, small.base, small.base)
    let variant = variant
    let (rows, inputs, outputs) = (Self.rows, Self.inputs, Self.outputs)
    team.run(team.count, granule: 1) { range, _ in
      let base = addresses.a + range.lowerBound * 65_536
      let (weights, results) = (base + rows * inputs, base + rows * inputs + inputs * outputs)
      withUnsafePointer(to: Convention.paper.kernel) { convention in
        for _ in 0..<100 {
          variant.table.pointee.f32.project(
            base, weights, rows, inputs, outputs, convention, results, results + rows * outputs)
        }
      }
    }
  }
}
