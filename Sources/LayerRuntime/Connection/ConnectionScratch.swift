import CMHCKernels

/// Scratch that the connections of one shape share: packed weights, sums of each thread, tapes.
final class ConnectionScratch: @unchecked Sendable {
  let sizes: ConnectionSizes
  let places: ScratchPlaces
  let team: ThreadTeam
  private let shape: LayerShape
  private let arena: Arena
  private let floats: Region<Float>
  private let doubles: Region<Double>

  init(_ sizes: ConnectionSizes, _ shape: LayerShape, iterations: Int, team: ThreadTeam, arena: Arena)
    throws(RuntimeError)
  {
    self.sizes = sizes
    self.shape = shape
    self.team = team
    self.arena = arena
    let room = ScratchPlaces.Sizes(sizes, shape, iterations: iterations, threads: team.count)
    (floats, doubles) = try arena.allocatePair((.scratch, room.floats), (.scratch, team.count * room.doubles))
    places = ScratchPlaces(room, floats: floats.base, doubles: doubles.base)
  }

  deinit {
    arena.release(floats)
    arena.release(doubles)
  }

  /// φ in the order in which the projection of these kernels reads it.
  func packForward(_ parameters: ConnectionParameters, _ kernels: ConnectionKernels) {
    team.run(
      sizes.inputs, granule: ForwardPackingWork.granule,
      ForwardPackingWork(
        phi: parameters.phi, packed: places.packedForward, inputs: sizes.inputs, outputs: sizes.outputs,
        streams: kernels.variant.table.pointee.streams(kernels.format)))
  }

  /// φ as the backward pass of these kernels reads it, and sums of zero.
  func packBackward(_ parameters: ConnectionParameters, _ kernels: ConnectionKernels) {
    let C = shape.channels
    team.run(
      chunks, granule: 1,
      BackwardPackingWork(
        phi: parameters.phi, packed: places.packedBackward, segments: sizes.inputs / C, channels: C,
        outputs: sizes.outputs, streams: kernels.variant.table.pointee.streams(kernels.format)))
    team.run(team.count, granule: 1, ClearingWork(places: places))
  }

  /// Adds the sums of all threads to the gradients, thread by thread, so that the order never changes.
  func addSums(to parameters: ConnectionParameters) {
    let C = shape.channels
    team.run(
      chunks, granule: 1,
      UnpackingWork(
        places: places, threads: team.count, gradients: parameters.gradPhi, segments: sizes.inputs / C, channels: C,
        outputs: sizes.outputs))
    for index in 0..<sizes.scales + sizes.coefficients {
      let sum = (0..<team.count).reduce(0) { $0 + places.sums($1)[index] }
      parameters.gradAlpha[index] += Float(sum)
    }
  }

  /// Chunks of 16 channels: what threads share when φ changes its order.
  private var chunks: Int { (shape.channels + 15) / 16 }
}
