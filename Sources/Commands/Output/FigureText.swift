/// A number for people, without an exponent: to four significant digits, or whole where that is more.
///
/// - Parameter value: Finite, of magnitude 1e-9 to 1e15 or zero; outside that its shortest form is taken.
/// - Returns: The number without trailing zeros: `989.4`, `0.864`, `2250`.
func figureText(_ value: Double) -> String {
  let magnitude = value.magnitude
  guard magnitude >= 1e-9, magnitude < 1e15 else { return value == 0 ? "0" : "\(value)" }
  var scale = 1.0
  while magnitude * scale < 1000 { scale *= 10 }
  let rounded = (value * scale).rounded() / scale
  let text = "\(rounded)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
