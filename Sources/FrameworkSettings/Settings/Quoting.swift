/// A word of the shell that means this text, whatever is in it.
///
/// - Parameter text: any text; a NUL, which no argument can hold, is left out.
/// - Returns: the text itself where it is plain, otherwise in single quotes.
func shellQuoted(_ text: String) -> String {
  let isPlain =
    !text.isEmpty
    && text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_./,:=+".utf8.contains(byte)
    }
  if isPlain { return text }
  let escaped = text.unicodeScalars.reduce(into: "") { word, scalar in
    switch scalar {
    case "'": word += #"'\''"#
    case "\0": break
    default: word.unicodeScalars.append(scalar)
    }
  }
  return "'\(escaped)'"
}

/// A Python string literal that means this text, on one line of ASCII.
func pythonQuoted(_ text: String) -> String {
  let escaped = text.unicodeScalars.reduce(into: "") { literal, scalar in
    switch scalar {
    case "\"": literal += #"\""#
    case "\\": literal += #"\\"#
    case " "..."~": literal.unicodeScalars.append(scalar)
    default:
      let digits = String(scalar.value, radix: 16)
      literal += #"\U"# + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }
  return "\"\(escaped)\""
}

/// The text as a comment may hold it: on one line, without anything that steers a terminal.
///
/// A line feed would end the comment, and what follows it would be run.
public func commentText(_ text: String) -> String {
  text.unicodeScalars.reduce(into: "") { line, scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: line += "?"
    default: line.unicodeScalars.append(scalar)
    }
  }
}
