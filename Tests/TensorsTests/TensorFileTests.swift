import Tensors
import Testing

@Suite struct TensorFileTests {
  /// A header and data put together by hand.
  static func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
    let count = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(header.utf8) + data
  }

  @Test func `a file written by hand reads as its numbers`() throws {
    // 1.0 and -2.0 in float32; 0.5 in bfloat16 is 0x3F00; 1.0 in float64.
    let data: [UInt8] =
      [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0] + [0x00, 0x3F] + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    let header =
      #"{"__metadata__":{"n":"4"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]},"c":{"dtype":"F64","shape":[],"data_offsets":[10,18]}} "#
    let file = try TensorFile(reading: Self.file(header, data: data), file: "f")
    #expect(file.metadata == ["n": "4"])
    #expect(file.tensors["a"]?.values == [1, -2])
    #expect(file.tensors["a"]?.shape == [1, 2])
    #expect(file.tensors["b"]?.values == [0.5])
    #expect(file.tensors["c"]?.values == [1])
  }

  @Test func `what is written reads back the same, odd names and empty tensors included`() throws {
    let file = TensorFile(
      tensors: [
        "a\"\\\n": StoredTensor(shape: [2], values: [0.1, -3e300], format: .float64),
        "empty": StoredTensor(shape: [0, 7], values: [], format: .float32),
        "half": StoredTensor(shape: [2], values: [1.5, .infinity], format: .bfloat16),
      ], metadata: ["key": "a value\u{1}"])
    #expect(try TensorFile(reading: file.bytes, file: "f") == file)
    #expect(file.bytes.count % 2 == 0)
  }

  static let good = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
  static let hostile: [(String, [UInt8])] = [
    ("nothing at all", []),
    ("seven bytes", [0, 0, 0, 0, 0, 0, 0]),
    ("a header longer than the file", [255, 0, 0, 0, 0, 0, 0, 0, 0x7B]),
    ("a header of 2^64 - 1 bytes", [UInt8](repeating: 255, count: 8) + [0x7B]),
    ("an empty header", file("")),
    ("a list", file("[]")),
    ("not UTF-8", file("{") + [0xFF]),
    ("a key given twice", file(#"{"__metadata__":{},"__metadata__":{}}"#)),
    ("something after the object", file("{}x")),
    ("deep nesting", file(String(repeating: "[", count: 100_000))),
    ("a text that never ends", file(#"{"a"#)),
    ("no data", file(good)),
    ("too much data", file(good, data: [0, 0, 0, 0, 0])),
    ("an unknown type", file(good.replacing("F32", with: "F16"), data: [0, 0])),
    ("an unknown member", file(good.replacing("dtype", with: "dtypo"), data: [0, 0, 0, 0])),
    ("a shape that disagrees", file(good.replacing("[1]", with: "[2]"), data: [0, 0, 0, 0])),
    (
      "a shape that overflows",
      file(good.replacing("[1]", with: "[9007199254740992,9007199254740992]"), data: [0, 0, 0, 0])
    ),
    ("a negative size", file(good.replacing("[1]", with: "[-1]"), data: [0, 0, 0, 0])),
    ("a fraction", file(good.replacing("[1]", with: "[0.5]"), data: [0, 0, 0, 0])),
    ("offsets the wrong way round", file(good.replacing("[0,4]", with: "[4,0]"), data: [0, 0, 0, 0])),
    ("offsets past the end", file(good.replacing("[0,4]", with: "[4,8]"), data: [0, 0, 0, 0])),
    ("a hole", file(good.replacing("[0,4]", with: "[1,5]"), data: [0, 0, 0, 0, 0])),
    (
      "two tensors in one place",
      file(
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        data: [0, 0, 0, 0])
    ),
    ("metadata that is no text", file(#"{"__metadata__":{"n":4}}"#)),
    ("an infinite number", file(#"{"a":1e999}"#)),
    ("half a character", file(#"{"\ud800":1}"#)),
    ("its second half alone", file(#"{"\udc00":1}"#)),
    ("half a character and a whole one", file(#"{"\ud83d\u0041":1}"#)),
    ("digits that are none", file(#"{"\u+041":1}"#)),
  ]

  @Test func `characters past the first 65536 are escaped as two halves`() throws {
    let read = try TensorFile(reading: Self.file(#"{"__metadata__":{"a":"\ud83d\ude00 \u00e9"}}"#), file: "x")
    #expect(read.metadata == ["a": "😀 é"])
  }

  @Test(arguments: hostile.indices) func `a hostile file is refused in one line that names it`(_ index: Int) throws {
    let (what, bytes) = Self.hostile[index]
    let error = #expect(throws: SafetensorsError.self, "\(what)") {
      try TensorFile(reading: bytes, file: "hostile.safetensors")
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("hostile.safetensors: "))
    #expect(!text.contains("\n") && text.utf8.count < 500)
  }
}
