import CMHCKernels

/// Where the scratch of connections of one shape lies: packed weights, and for every thread its sums, its tape and its tiles.
///
/// A value of numbers and pointers, so that threads that work side by side copy it freely: a reference would be counted for every
/// tile, in a line of the cache that all of them read.
struct ScratchPlaces: @unchecked Sendable {
  /// φ in the order in which the projection of the kernels reads it.
  let packedForward: UnsafeMutablePointer<Float>
  let weightFloats: Int
  let doublesPerThread: Int
  private let doubles: UnsafeMutablePointer<Double>
  private let sizes: Sizes

  /// Floats, and doubles, that such scratch takes.
  struct Sizes {
    let forward, weights, tape, tile, sums, thread, doubles: Int
    let threads: Int
    var floats: Int { forward + weights + threads * thread }

    init(_ sizes: ConnectionSizes, _ shape: LayerShape, iterations: Int, threads: Int) {
      func lines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
      self.threads = threads
      forward = lines(mhck_packed_forward_floats(sizes.inputs, sizes.outputs))
      weights = mhck_packed_backward_floats(sizes.inputs / shape.channels, shape.channels, sizes.outputs)
      tape = mhck_tape_floats(shape.streams, iterations)
      tile = lines(ThreadTeam.granule * shape.channels)
      // Kernels of four streams alone make them.
      sums = shape.streams == 4 ? mhck_staged_floats(shape.streams, shape.channels) : 0
      // A thread has its sums for φ, a tape, and room for one tile of u and ∂y, and for two of sums for ∂x: those of a tile are
      // taken while the next one's are made.
      thread = weights + tape + 2 * tile + 2 * sums
      // Whole lines of the cache: threads that add to the same one would wait for each other.
      doubles = (sizes.scales + sizes.coefficients + 7) / 8 * 8
    }
  }

  init(_ sizes: Sizes, floats: UnsafeMutablePointer<Float>, doubles: UnsafeMutablePointer<Double>) {
    self.sizes = sizes
    self.doubles = doubles
    packedForward = floats
    weightFloats = sizes.weights
    doublesPerThread = sizes.doubles
  }

  /// φ in the order in which the backward pass of the kernels reads it.
  var packedBackward: UnsafeMutablePointer<Float> { packedForward + sizes.forward }

  private func part(_ thread: Int) -> UnsafeMutablePointer<Float> {
    packedBackward + sizes.weights + thread * sizes.thread
  }
  func weights(_ thread: Int) -> UnsafeMutablePointer<Float> { part(thread) }
  func tape(_ thread: Int) -> UnsafeMutablePointer<Float> { part(thread) + sizes.weights }
  func tileU(_ thread: Int) -> UnsafeMutablePointer<Float> { tape(thread) + sizes.tape }
  func tileGradU(_ thread: Int) -> UnsafeMutablePointer<Float> { tileU(thread) + sizes.tile }
  /// Those of even tiles, or of odd ones; nil where no kernel makes them.
  func tileSums(_ thread: Int, odd: Bool) -> UnsafeMutablePointer<Float>? {
    sizes.sums > 0 ? tileGradU(thread) + sizes.tile + (odd ? sizes.sums : 0) : nil
  }
  func sums(_ thread: Int) -> UnsafeMutablePointer<Double> { doubles + thread * sizes.doubles }
}
