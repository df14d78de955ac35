import Testing

@testable import Profiles

@Suite struct `A strict reader of JSON objects` {
  /// The line that reading `json` ends with; nil where it succeeds.
  private func line(_ json: String, _ read: (ObjectReader) throws(ProfileError) -> Void = { _ in }) -> String? {
    line(Array(json.utf8), read)
  }

  private func line(_ bytes: [UInt8], _ read: (ObjectReader) throws(ProfileError) -> Void = { _ in }) -> String? {
    do throws(ProfileError) {
      try read(try ObjectReader(bytes: bytes, file: "x.json"))
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("", "line 1, column 1: expected a value, found the end of the file"),
    ("{\"a\": 1", "line 1, column 8: expected \",\" or the closing bracket, found the end of the file"),
    ("{\"a\": 1} x", "line 1, column 10: expected nothing after the document, found x"),
    ("{\"a\": 1,}", "line 1, column 9: expected a key in double quotes, found }"),
    ("{\n  \"a\": 1\n  \"b\": 2}", "line 3, column 3: expected \",\" or the closing bracket, found \"b\""),
    ("{\"a\" 1}", "line 1, column 6: expected \":\", found 1"),
    ("{'a': 1}", "line 1, column 2: expected a key in double quotes or \"}\", found 'a'"),
    ("{\"a\": [1, 2}", "line 1, column 12: expected \",\" or the closing bracket, found }"),
    ("{\"a\": NaN}", "line 1, column 7: expected a value, found NaN"),
    ("{\"a\": 0x10}", "line 1, column 7: expected a value, found 0x10"),
    ("{\"a\": 1e400}", "line 1, column 7: expected a number that double precision holds, found 1e400"),
    ("{\"a\": \"b", "line 1, column 7: expected a closing quote for this text, found none on its line"),
    ("{\"a\": 1, \"a\": 2}", "line 1, column 10: expected every key once, found \"a\" again"),
    ("{\"a\": 01}", "expected valid JSON, found a value that is not"),
    ("[1]", "expected a JSON object, found an array of 1"),
    ("7", "expected a JSON object, found 7"),
  ]) func `A text that is not a JSON object is refused with the place where it goes wrong`(json: String, told: String) {
    #expect(line(json) == "x.json: \(told)")
  }

  @Test func `Nesting beyond the limit is refused before the decoder recurses`() {
    let bomb = String(repeating: "[", count: 500_000)
    #expect(line(bomb) == "x.json: line 1, column 33: expected at most 32 levels of nesting, found more")
    #expect(line("{\"a\":" + String(repeating: "[", count: 31) + String(repeating: "]", count: 31) + "}") == nil)
  }

  @Test func `Bytes that are not UTF-8, a byte-order mark and too large a file are refused`() {
    #expect(line([0x7B, 0xFF, 0x7D]) == "x.json: expected JSON in UTF-8, found bytes that are not UTF-8")
    #expect(line([0xFF, 0xFE, 0x7B, 0, 0x7D, 0]) == "x.json: expected JSON in UTF-8, found bytes that are not UTF-8")
    #expect(
      line([0x7B, 0, 0x7D, 0]) == "x.json: line 1, column 2: expected a key in double quotes or \"}\", found \\u{0}")
    #expect(line([0xEF, 0xBB, 0xBF, 0x7B, 0x7D])?.contains("byte-order mark") == true)
    let large = [UInt8](repeating: 0x20, count: JSONDocument.maximumBytes + 1)
    #expect(line(large) == "x.json: expected a file of at most 1048576 bytes, found a larger one")
  }

  @Test(arguments: [
    ("0", "0"), ("-4", "-4"), ("1.5", "1.5"), ("4097", "4097"), ("99999999999999999999", "1e+20"), ("\"64\"", "\"64\""),
    ("true", "true"), ("[]", "an empty array"), ("{}", "an object"), ("-9223372036854775809", "-9.223372036854776e+18"),
  ]) func `A value outside its type or range is shown beside what was expected`(json: String, shown: String) {
    #expect(
      line("{\"a\": {\"heads\": \(json)}}") { reader throws(ProfileError) in
        _ = try reader.object("a").int("heads", in: 1...4096)
      } == "x.json: a.heads: expected a whole number from 1 to 4096, found \(shown)")
  }

  @Test(arguments: [("4096", 4096), ("4096.0", 4096), ("4.096e3", 4096), ("9007199254740993", 9_007_199_254_740_993)])
  func `A whole number is read exactly, however it is written`(json: String, value: Int) throws {
    let reader = try ObjectReader(bytes: Array("{\"a\": \(json)}".utf8), file: "x.json")
    #expect(try reader.int("a", in: 0...Int.max) == value)
  }

  @Test func `A missing key names the unknown one that may be meant`() {
    #expect(
      line("{\"hiden_size\": 64}") { reader throws(ProfileError) in _ = try reader.int("hidden_size", in: 1...Int.max) }
        == """
        x.json: hidden_size: expected a whole number of at least 1, found no such key; is "hiden_size" meant to be it?
        """)
  }

  @Test func `An unknown key names the known one that may be meant`() {
    let read: (ObjectReader) throws(ProfileError) -> Void = { reader throws(ProfileError) in
      _ = try reader.optionalInt("heads", in: 1...8)
      try reader.finish()
    }
    #expect(
      line("{\"head\": 1}", read)?.hasSuffix("head: expected only known keys, found this one; did you mean \"heads\"?")
        == true)
    #expect(line("{\"zebra\": 1}", read)?.hasSuffix("found this one; known: heads") == true)
    #expect(line("{\"heads\": null}", read) == nil)
  }

  @Test func `A text out of a closed set names the nearest`() {
    #expect(
      line("{\"kind\": \"latnet\"}") { reader throws(ProfileError) in
        _ = try reader.string("kind", oneOf: ["grouped", "latent"])
      } == "x.json: kind: expected one of \"grouped\", \"latent\", found \"latnet\"; did you mean \"latent\"?")
  }

  @Test func `A place within arrays is told by index`() {
    #expect(
      line("{\"layers\": [{\"r\": [1, 2]}, {\"r\": [1, \"x\"]}]}") { reader throws(ProfileError) in
        for layer in try reader.objects("layers", count: 1...2) { _ = try layer.ints("r", in: 0...9, count: 0...2) }
      } == "x.json: layers[1].r[1]: expected a whole number from 0 to 9, found \"x\"")
  }

  @Test func `An error is one line whatever the file and its keys are called`() {
    let error = ProfileError(file: "a\nb\u{1B}[31m", key: keyPath("", "k\u{2028}"), problem: "p\r")
    #expect(error.description == "a\\u{a}b\\u{1b}[31m: \"k\\u{2028}\": p\\u{d}")
  }
}
