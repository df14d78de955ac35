import CostModel

extension TrainingSetup {
  /// Checks what no layout changes: that a scalar is whole bytes, and that the reserve is a part of the memory.
  func check() throws(PlanError) {
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
