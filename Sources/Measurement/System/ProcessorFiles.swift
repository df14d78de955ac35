/// The formats in which the system tells of its processors.
enum ProcessorFiles {
  /// The first processor of a `/proc/cpuinfo`: its name, with family, model and stepping, as a name alone may stand for
  /// many in a virtual machine; its numbers where it has no name.
  static func processor(_ text: String) -> String {
    var fields: [Substring: String] = [:]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else {
        if !fields.isEmpty { break }
        continue
      }
      let key = parts[0].prefix { $0 != "\t" }
      fields[trimmed(key)] = fields[trimmed(key)] ?? String(trimmed(parts[1]))
    }
    if let name = fields["model name"] {
      let numbers = [("family", "cpu family"), ("model", "model"), ("stepping", "stepping")].compactMap { word, key in
        fields[Substring(key)].map { "\(word) \($0)" }
      }
      return numbers.isEmpty ? name : "\(name) (\(numbers.joined(separator: ", ")))"
    }
    let numbers = ["CPU implementer", "CPU part", "CPU revision"].compactMap { key in
      fields[Substring(key)].map { "\(key.dropFirst(4)) \($0)" }
    }
    return numbers.isEmpty ? "unknown" : numbers.joined(separator: ", ")
  }

  /// A size such as `32K` or `2M`; nil for anything else.
  static func bytes(_ text: String) -> Int? {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    let shift = text.last.flatMap { shifts[$0] }
    guard let number = Int(shift == nil ? text[...] : text.dropLast()), (1...(1 << 30)).contains(number) else {
      return nil
    }
    return number << (shift ?? 0)
  }

  /// How many processors a list such as `0-3,8` has; nil for anything else.
  static func count(_ list: String) -> Int? {
    var count = 0
    for part in list.split(separator: ",") {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
        last < 1 << 20
      else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop(while: \.isWhitespace)
    return start.prefix(start.count - start.reversed().prefix(while: \.isWhitespace).count)
  }
}
