/// Numbers as people read them; documents have the exact ones.
enum Units {
  /// `12.34 GiB`, or MiB and KiB for less.
  static func bytes(_ count: Int) -> String {
    let sizes: [(Int, String)] = [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
    for (size, unit) in sizes where count.magnitude >= size.magnitude * (unit == "TiB" ? 10 : 1) {
      return "\(fixed(Double(count) / Double(size), digits: 2)) \(unit)"
    }
    return "\(count) B"
  }

  /// Always GiB, for columns.
  static func gibibytes(_ count: Int) -> String { fixed(Double(count) / Double(1 << 30), digits: 2) }

  /// `1.23 s`, `45.6 ms`, `7.8 µs`.
  static func seconds(_ value: Double) -> String {
    switch value {
    case 1...: "\(fixed(value, digits: 2)) s"
    case 1e-3...: "\(fixed(value * 1e3, digits: 2)) ms"
    default: "\(fixed(value * 1e6, digits: 2)) µs"
    }
  }

  /// `12.3 %`.
  static func percent(_ fraction: Double) -> String { "\(fixed(fraction * 100, digits: 1)) %" }

  /// `284.3 B` for parameters, `13.2 G` for counts.
  static func scaled(_ value: Double, _ units: [(Double, String)]) -> String {
    for (size, unit) in units where value >= size { return "\(fixed(value / size, digits: 2)) \(unit)" }
    return fixed(value, digits: 0)
  }

  /// Parameters: millions and billions.
  static func parameters(_ count: Int) -> String {
    scaled(Double(count), [(1e12, "T"), (1e9, "B"), (1e6, "M")])
  }

  /// FLOPs, decimal.
  static func flops(_ count: Double) -> String {
    scaled(count, [(1e15, "PFLOP"), (1e12, "TFLOP"), (1e9, "GFLOP"), (1e6, "MFLOP")])
  }

  /// A number with so many digits after the point, without a locale.
  static func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int(scaled)
    let divisor = Int(scale)
    let sign = value < 0 && whole != 0 ? "-" : ""
    if digits == 0 { return "\(sign)\(whole)" }
    let fraction = String(whole % divisor)
    return "\(sign)\(whole / divisor)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// A number without an exponent: to four significant digits, or whole where that is more.
  ///
  /// - Parameter value: finite, of magnitude 1e-9 to 1e15 or zero; outside that its shortest form is taken.
  /// - Returns: the number without trailing zeros: `989.4`, `0.864`, `2250`.
  static func figure(_ value: Double) -> String {
    let magnitude = value.magnitude
    guard magnitude >= 1e-9, magnitude < 1e15 else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    while magnitude * scale < 1000 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    let text = "\(rounded)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
