extension JSONTree {
  /// Changes one value, key or element somewhere in the tree.
  package mutating func mutate(_ random: inout SplitMix64) {
    switch self {
    case .raw: self = Self.hostile(self, &random)
    case .array(var values):
      guard let index = values.indices.randomElement(using: &random), !Bool.oneIn(8, &random) else {
        self = Self.hostile(self, &random)
        return
      }
      switch Int.random(in: 0..<6, using: &random) {
      case 0: values.remove(at: index)
      case 1: values.append(values[index])
      case 2: values += Array(repeating: values[index], count: Int.random(in: 1...300, using: &random))
      default: values[index].mutate(&random)
      }
      self = .array(values)
    case .object(var members):
      guard let index = members.indices.randomElement(using: &random), !Bool.oneIn(16, &random) else {
        self = Self.hostile(self, &random)
        return
      }
      let other = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].key += "s"
      case 3: members[index].key = members[other].key
      case 4: members[index].value = members[other].value
      default: members[index].value.mutate(&random)
      }
      self = .object(members)
    }
  }

  private static func hostile(_ value: JSONTree, _ random: inout SplitMix64) -> JSONTree {
    if Bool.oneIn(10, &random) {
      let depth = Int.random(in: 1...60, using: &random)
      return (0..<depth).reduce(value) { nested, level in level % 3 == 2 ? .object([("x", nested)]) : .array([nested]) }
    }
    return .raw(hostileValues.randomElement(using: &random) ?? "0")
  }

  private static let hostileValues = [
    "0", "-0", "-1", "1", "2", "3", "7", "1.5", "-1e-3", "0.1", "1e400", "-1e400", "1e-400", "1E5", "01", "1.", ".5",
    "+1", "0x10", "NaN", "Infinity", "-Infinity", "null", "true", "false", "\"\"", "\"64\"", "\"\\u0000\"",
    "\"\\ud800\"", "\"\u{202E}\n\"", "[]", "{}", "[null]", "4096", "4097", "65536", "65537", "16777216", "268435456",
    "1073741824", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999", "1e18", "1e19",
    "1e308", String(repeating: "9", count: 400), "\"deepseek_v4\"", "\"llama\"", "\"mhc-plan/model/1\"",
    "\"" + String(repeating: "long ", count: 400) + "\"",
  ]
}

extension Bool {
  /// True once in `count` times.
  package static func oneIn(_ count: Int, _ random: inout SplitMix64) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }
}
