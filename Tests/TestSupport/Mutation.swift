/// A document made wrong by one seed.
package struct Mutation {
  /// The document's bytes and the same as a tree.
  package let original: (bytes: [UInt8], tree: JSONTree)

  package init(_ json: String) throws(JSONTree.Flaw) {
    original = (Array(json.utf8), try JSONTree(json))
  }

  /// The bytes that the seed makes of the document: one to three changes, of its text or of its tree.
  package func bytes(seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    let changes = Int.random(in: 1...3, using: &random)
    if Bool.oneIn(3, &random) {
      var bytes = original.bytes
      for _ in 0..<changes { Self.mutate(&bytes, &random) }
      return bytes
    }
    var tree = original.tree
    for _ in 0..<changes { tree.mutate(&random) }
    var text = ""
    tree.write(to: &text)
    return Array(text.utf8)
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    guard let place = bytes.indices.randomElement(using: &random) else { return }
    let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes[place] = Array("{}[],:\"\\0-.eE \n".utf8).randomElement(using: &random) ?? 0
    case 3: bytes.removeSubrange(place...)
    case 4: bytes.removeSubrange(place..<end)
    case 5: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
    case 6:
      let bracket = Array("[{\"".utf8).randomElement(using: &random) ?? 0
      bytes.insert(contentsOf: repeatElement(bracket, count: Int.random(in: 1...3000, using: &random)), at: place)
    default:
      // A digit more or less changes a size without breaking the document.
      if (0x30...0x39).contains(bytes[place]) { bytes.insert(UInt8.random(in: 0x30...0x39, using: &random), at: place) }
    }
  }
}
