import Messages

/// `parent.key`, the key quoted where it is not a plain word.
func keyPath(_ parent: String, _ key: String) -> String {
  let isPlain =
    (1...64).contains(key.utf8.count)
    && key.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  let shown = isPlain ? key : "\"\(shortened(key))\""
  return parent.isEmpty ? shown : "\(parent).\(shown)"
}

/// `parent[index]`.
func keyPath(_ parent: String, _ index: Int) -> String { "\(parent)[\(index)]" }
