import Quantities
import Testing

@testable import Evidence

private let header = "system,framework,version,operation,streams,hidden,tokens,milliseconds"
private let row = "b200_sxm,vllm,1.0,post,4,4096,8192,0.25"

@Suite struct `A table of times` {
  @Test(
    arguments: [
      "\(header)\n\(row)\n", "\(header)\n\(row)", "\u{FEFF}\(header)\r\n\(row)\r\n", "\n\(header)\n\n\(row)\n\n",
      "\(header)\n\"b200_sxm\",vllm,\"1.0\",post,4,4096,8192,\"0.25\"\n",
      // Columns in another order.
      "milliseconds,tokens,hidden,streams,operation,version,framework,system\n0.25,8192,4096,4,post,1.0,vllm,b200_sxm\n",
    ]) func `is read with line feeds of either kind, a byte-order mark, quotes and blank lines`(text: String) throws
  {
    let rows = try MeasurementFile.read(Array(text.utf8), file: "x.csv")
    let found = try #require(rows.first)
    #expect(rows.count == 1)
    #expect(found.system == "b200_sxm" && found.source == "vllm" && found.version == "1.0")
    #expect(found.operation == .post && found.streams == 4 && found.channels == 4096 && found.tokens == 8192)
    #expect(found.time.value == 0.25e-3)
  }

  @Test func `of kernels gives two rows a line, of batch times sequence tokens`() throws {
    let text = """
      batch,sequence,hidden,streams,operation,triton_microseconds,tilelang_microseconds
      4,2048,4096,4,post forward,87.5,89.9
      """
    let rows = try MeasurementFile.read(Array(text.utf8), file: "x.csv")
    #expect(rows.map(\.source) == ["triton", "tilelang"])
    #expect(rows.map(\.tokens) == [8192, 8192])
    #expect(rows.map(\.system) == ["b200", "b200"])
    #expect(rows.map { ($0.time.value * 1e7).rounded() } == [875, 899])
  }

  @Test func `may quote a comma, a quote and a line feed`() throws {
    let table = try CSVTable(Array("a,b\n\"x,\"\"y\"\"\nz\",2\n3,4\n".utf8), file: "x.csv")
    #expect(table.records.map(\.fields) == [["x,\"y\"\nz", "2"], ["3", "4"]])
    #expect(table.records.map(\.line) == [2, 4])
  }

  @Test(
    arguments: [
      ("", ["x.csv", "empty"]), (header, ["x.csv", "no", "found none"]), ("\(header)\n", ["found none"]),
      ("a,b\n1,2\n", ["line 1", "batch"]),
      (header.replacing(",tokens", with: "") + "\n", ["line 1", "tokens", "found none"]),
      (header + ",tokens\n", ["line 1", "tokens twice"]),
      (header + ",more\n", ["line 1", "more"]),
      ("\(header)\nb200_sxm,vllm,1.0,post,4,4096,8192\n", ["line 2", "8 fields", "7"]),
      ("\(header)\n\(row),1\n", ["line 2", "8 fields", "9"]),
      ("\(header)\n\(row)\nb200", ["line 3", "8 fields", "1"]),
      ("\(header)\n\(row)\n\n\(row.replacing("0.25", with: "nan"))", ["line 4", "milliseconds", "'nan'"]),
      ("\(header)\n\(row.replacing("0.25", with: "-0.25"))", ["line 2", "milliseconds", "'-0.25'"]),
      ("\(header)\n\(row.replacing("0.25", with: "inf"))", ["milliseconds", "'inf'"]),
      ("\(header)\n\(row.replacing("0.25", with: "0x1p3"))", ["milliseconds", "'0x1p3'"]),
      ("\(header)\n\(row.replacing("0.25", with: "1e400"))", ["milliseconds", "'1e400'"]),
      ("\(header)\n\(row.replacing("0.25", with: "0"))", ["milliseconds", "'0'"]),
      ("\(header)\n\(row.replacing("0.25", with: ""))", ["milliseconds", "nothing"]),
      ("\(header)\n\(row.replacing("8192", with: "8192.0"))", ["tokens", "'8192.0'"]),
      ("\(header)\n\(row.replacing("8192", with: "99999999999999999999"))", ["tokens", "99999999999999999999"]),
      ("\(header)\n\(row.replacing("8192", with: "+8192"))", ["tokens", "'+8192'"]),
      ("\(header)\n\(row.replacing("8192", with: " 8192"))", ["tokens", "' 8192'"]),
      ("\(header)\n\(row.replacing(",4,", with: ",0,"))", ["streams", "'0'"]),
      ("\(header)\n\(row.replacing("post", with: "pots"))", ["operation", "'pots'", "post"]),
      ("\(header)\n\(row.replacing("vllm", with: ""))", ["framework", "nothing"]),
      ("\(header)\n\(row.replacing("vllm", with: "v\u{1B}[31m"))", ["framework", "v\\u{1b}[31m"]),
      ("\(header)\n\"\(row)", ["line 2", "closing quote"]), ("\(header)\nb2\"00,\(row)", ["line 2", "quote"]),
      ("\(header)\n\"b200\"x,\(row)", ["line 2", "comma"]), ("\(header)\r\(row)", ["line feed"]),
    ]) func `that is wrong is refused in one line with file, line and column`(text: String, words: [String])
  {
    expectRefusal(Array(text.utf8), words)
  }

  @Test func `of other bytes or without end is refused`() {
    expectRefusal([0xFF, 0xFE, 0x00], ["UTF-8"])
    expectRefusal(Array(repeating: 0x2C, count: CSVTable.maximumBytes + 1), ["bytes"])
  }

  private func expectRefusal(_ bytes: [UInt8], _ words: [String]) {
    let error = #expect(throws: EvidenceError.self) { try MeasurementFile.read(bytes, file: "x.csv") }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("x.csv") && !text.contains("\n"))
    for word in words { #expect(text.contains(word), "\(text)") }
  }
}
