import CostModel

extension TrainingSetup {
  /// Checks what no layout changes: that a scalar is whole bytes, that the device multiplies in the format asked for, and
  /// that the reserve is a part of the memory.
  func check(on hardware: Hardware) throws(PlanError) {
    guard hardware.matrixPeak[matrixFormat] != nil else {
      let known = MatrixFormat.allCases.filter { hardware.matrixPeak[$0] != nil }.map(\.rawValue)
      throw PlanError(
        "--matrix-format",
        "expected one of \(known.joined(separator: ", ")), which \(hardware.name) has a peak for, "
          + "found \(matrixFormat.rawValue)")
    }
    let formats = [
      ("--stream-format", precision.stream), ("--activation-format", precision.activation),
      ("--weight-format", weightFormat), ("--gradient-format", gradientFormat),
    ]
    for (option, format) in formats where format.bits % 8 != 0 {
      throw PlanError(option, "expected a format of whole bytes, found \(format.rawValue)")
    }
    switch reserve {
    case .fraction(let thousandths) where !(0...1000).contains(thousandths):
      throw PlanError("--reserve", "expected 0 to 1000 thousandths, found \(thousandths)")
    case .bytes(let bytes) where bytes < 0:
      throw PlanError("--reserve", "expected at least 0 bytes, found \(bytes)")
    default: break
    }
  }
}
