import CMHCKernels

/// Writing φ as the projection reads it, shared by inputs that every format keeps together.
struct ForwardPackingWork: TeamWork, @unchecked Sendable {
  let phi, packed: UnsafeMutablePointer<Float>
  let inputs, outputs: Int
  let streams: mhck_stream_kernels

  static let granule = Int(MHCK_PACKED_INPUTS)
  static let part: mhck_part = { TeamJob<ForwardPackingWork>.run($0, $1) }

  func run(_ range: Range<Int>, thread: Int) {
    streams.pack_forward(phi, inputs, outputs, range.lowerBound, range.upperBound, packed)
  }
}

/// Writing φ as the backward pass reads it, shared by chunks of 16 channels.
struct BackwardPackingWork: TeamWork, @unchecked Sendable {
  let phi, packed: UnsafeMutablePointer<Float>
  let segments, channels, outputs: Int
  let streams: mhck_stream_kernels

  static let part: mhck_part = { TeamJob<BackwardPackingWork>.run($0, $1) }

  func run(_ range: Range<Int>, thread: Int) {
    streams.pack_backward(phi, segments, channels, outputs, range.lowerBound, range.upperBound, packed)
  }
}

/// Setting every thread's sums to zero.
struct ClearingWork: TeamWork {
  let places: ScratchPlaces

  static let part: mhck_part = { TeamJob<ClearingWork>.run($0, $1) }

  func run(_ range: Range<Int>, thread: Int) {
    for part in range {
      places.weights(part).update(repeating: 0, count: places.weightFloats)
      places.sums(part).update(repeating: 0, count: places.doublesPerThread)
    }
  }
}

/// Adding every thread's sums for φ to its gradient, shared by chunks of 16 channels.
struct UnpackingWork: TeamWork, @unchecked Sendable {
  let places: ScratchPlaces
  let threads: Int
  let gradients: UnsafeMutablePointer<Float>
  let segments, channels, outputs: Int

  static let part: mhck_part = { TeamJob<UnpackingWork>.run($0, $1) }

  func run(_ range: Range<Int>, thread: Int) {
    for part in 0..<threads {
      mhck_unpack_backward_add(
        places.weights(part), segments, channels, outputs, range.lowerBound, range.upperBound, gradients)
    }
  }
}
