public import CostModel
public import Quantities

// Figures beside the plan itself.

extension Planner {
  /// The model's parts at this planner's streams and sequence length.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func modelLedger() throws(OverflowError) -> ModelLedger {
    try ModelLedger(of: cost.model, sequence: sequence)
  }

  /// Learned scalars of one connection.
  public var connectionParameters: Int { cost.connection.parameters }

  /// The fraction of the devices' matrix peak that the model's own arithmetic takes, three forward passes a step.
  ///
  /// The peak is that of ``matrixPeakFormat``.
  ///
  /// - Parameter plan: a plan of this planner.
  /// - Returns: the fraction, at the expected constants.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func modelFLOPsUtilization(_ plan: Plan) throws -> Double {
    let forward = Double(try modelLedger().forwardFLOPsPerSequence().count)
    let peak = Roofline.peak(hardware, matrixPeakFormat)
    let layout = plan.layout
    return 3 * forward * Double(layout.globalBatch)
      / (plan.time.step.expected.value * Double(try layout.devices) * peak)
  }

  /// The faster of the formats that layer functions' products and attention cores are timed at, so that no step can take less
  /// time than its arithmetic would at that peak.
  public var matrixPeakFormat: MatrixFormat {
    let own = setup.matrixFormat
    return Roofline.peak(hardware, own) < Roofline.peak(hardware, .bfloat16) ? .bfloat16 : own
  }

  /// Bytes that a device sends to the next pipeline stage for one microbatch: n times a residual's.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func boundaryMessageBytes(_ layout: Layout) throws -> Bytes {
    layout.pipeline == 1 ? .zero : Bytes(try DeviceShare(layout, cost).streamBytes)
  }
}
