/// The text with everything escaped that would break a line or steer a terminal.
public func singleLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnprintable) else { return text }
  return text.unicodeScalars.reduce(into: "") { line, scalar in
    if isUnprintable(scalar) {
      line += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      line.unicodeScalars.append(scalar)
    }
  }
}

/// The text on one line and cut to a length that leaves the rest of a message readable.
///
/// - Parameters:
///   - text: What somebody typed, or what a file holds.
///   - limit: Unicode scalars of it that are kept.
/// - Returns: its head, and an ellipsis where that is not all of it.
public func shortened(_ text: String, to limit: Int = 40) -> String {
  // Cut before escaping: a hostile text may be a megabyte long, and one character may be most of it.
  let head = String(text.unicodeScalars.prefix(limit))
  return singleLine(head) + (text.unicodeScalars.count > limit ? "…" : "")
}

private func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
  default: false
  }
}
