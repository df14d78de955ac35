import Quantities

/// One measured call in the terms of a law.
struct LawSample {
  /// The device's generation.
  var generation: Int
  /// Bytes / B that only bandwidth binds.
  var freeSeconds = 0.0
  /// Bytes / B that the limit binds too.
  var limitedSeconds = 0.0
  /// Bytes / S, or tokens times blocks that run alone.
  var limitWork = 0.0
  /// Tokens times pairs of blocks.
  var pairWork = 0.0
  /// What was measured for one call.
  var seconds: Double

  init(_ work: KernelWork, device: Device, form: LawForm, seconds: Double = 1) {
    let bandwidth = device.bandwidth.value
    generation = device.generation
    self.seconds = seconds
    switch form {
    case .streaming: freeSeconds = work.bytes / bandwidth
    case .onChip:
      freeSeconds = work.otherBytes / bandwidth
      limitedSeconds = work.matrixBytes / bandwidth
      limitWork = device.cyclesPerSecond.map { work.matrixBytes / $0 } ?? 0
    case .waves:
      let tokens = Double(LawForm.waveTokens * device.multiprocessors)
      let rounded = (work.tokens / tokens).rounded(.up) * tokens
      limitWork = work.bytes / work.tokens * rounded / (device.cyclesPerSecond ?? bandwidth)
    case .serial:
      // Sinkhorn's rows have no channels: one block's worth.
      let blocks = max(1, work.streamElements / Double(LawForm.walkChannels))
      let resident = work.streamElements > 0 ? (blocks / Double(device.multiprocessors)).rounded(.up) : 1
      pairWork = work.tokens * (resident / 2).rounded(.down)
      limitWork = work.tokens * resident.truncatingRemainder(dividingBy: 2)
    }
  }
}
