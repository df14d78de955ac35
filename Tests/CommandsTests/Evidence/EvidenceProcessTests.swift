import Foundation
import TestSupport
import Testing

private let moduleHeader = "system,framework,version,operation,streams,hidden,tokens,milliseconds\n"

@Suite struct `mhc-plan evidence` {
  @Test func `holds on the built-in tables, a row on one side each, with a summary by source and operation`() throws {
    let run = try Tool.run("evidence --json")
    #expect(run.code == 0, "\(run.stderr)")
    let document = try run.document()
    let rows = try #require(document["rows"]?.elements)
    #expect(rows.count == 318)
    for row in rows {
      let predicted = try #require(row["predictedSeconds"]?.double)
      let measured = try #require(row["measuredSeconds"]?.double)
      let error = try #require(row["errorFraction"]?.double)
      #expect(abs(predicted / measured - 1 - error) < 1e-12)
      #expect(["learned", "tested"].contains(row["side"]?.string))
      for key in ["source", "system", "operation"] { #expect(row[key]?.string?.isEmpty == false) }
      for key in ["tokens", "channels"] { #expect(row[key]?.int ?? 0 > 0) }
    }
    let summary = try #require(document["summary"]?.elements)
    #expect(summary.compactMap { $0["rows"]?.int }.reduce(0, +) == rows.count)
    #expect(document["tolerances"]?.elements.allSatisfy { $0["holds"]?.bool == true } == true)
    #expect(document["memory"]?.elements.count == 9)
  }

  @Test func `tests a table of one's own, and exits 3 where it is outside the tolerance`() throws {
    // The time of a learned law, by hand: two calls of (2n+1)C at 0.88 of 3.352 TB/s and a few microseconds.
    let good = moduleHeader + "h100_sxm,vllm,0.24.0,post,4,5120,32768,2.05\n"
    let agrees = try Tool.run("evidence --modules - --json", input: good)
    #expect(agrees.code == 0, "\(agrees.stderr)")
    let row = try #require(try agrees.document()["rows"]?.elements.first)
    #expect(row["side"]?.string == "tested")
    #expect(abs((row["measuredSeconds"]?.double ?? 0) - 2.05e-3) < 1e-15)
    let bad = good.replacing("2.05", with: "4.1")
    let disagrees = try Tool.run("evidence --modules - --json", input: bad)
    #expect(disagrees.code == 3)
    #expect(disagrees.stderr.contains("post"))
    #expect(try disagrees.document()["tolerances"]?.elements.first?["holds"]?.bool == false)
  }

  @Test func `tells the formats apart by their headers, whichever option names the file`() throws {
    let kernels = """
      batch,sequence,hidden,streams,operation,triton_microseconds,tilelang_microseconds
      1,8192,8192,4,post forward,170.0,175.0

      """
    for option in ["--kernels", "--modules"] {
      let rows = try Tool.run("evidence \(option) - --json", input: kernels).document()["rows"]?.elements
      #expect(rows?.compactMap { $0["source"]?.string } == ["triton", "tilelang"])
      #expect(rows?.compactMap { $0["system"]?.string } == ["b200", "b200"])
    }
  }

  @Test func `knows a learned row in a file again`() throws {
    let text =
      moduleHeader + "b200_sxm,vllm,0.24.0,post,4,4096,4096,0.0986\nb200_sxm,vllm,0.24.0,post,4,4096,8192,0.1866\n"
    let rows = try Tool.run("evidence --modules - --json", input: text).document()["rows"]?.elements
    #expect(rows?.compactMap { $0["side"]?.string } == ["learned", "tested"])
  }

  @Test(arguments: [
    "a100_sxm", "l40s", "h200_sxm", "h800", "gb200", "b300_sxm", "gb300", "mi300x", "ascend-910b", "B200_SXM",
  ]) func `predicts any device that it knows`(system: String) throws {
    let text =
      moduleHeader + "\(system),trtllm,1.3.0rc20,pre,4,7168,65536,9.9\n\(system),vllm,1,post,4,7168,65536,9.9\n"
    let rows = try Tool.run("evidence --modules - --json", input: text).document()["rows"]?.elements
    #expect(rows?.count == 2)
    for row in rows ?? [] { #expect((row["predictedSeconds"]?.double ?? 0) > 1e-4) }
  }

  @Test(
    arguments: [
      ("tpu_v5p,vllm,1,post,4,4096,4096,0.1", ["stdin, line 2", "system", "'tpu_v5p'", "h200"]),
      ("b200,vllm,1,post,4,4096,4096,-1", ["stdin, line 2", "milliseconds", "'-1'"]),
      ("b200,vllm,1,post,4,4096,4096", ["stdin, line 2", "8 fields"]),
      ("b200,mine,1,projection forward,4,4096,4096,1", ["stdin, line 2", "operation", "mine"]),
      ("b200,vllm,1,post,4,16777217,4096,1", ["stdin, line 2", "hidden", "16777217"]),
    ]) func `refuses a wrong table with its line and column`(row: String, words: [String]) throws
  {
    expectRefusal(try Tool.run("evidence --modules - --json", input: moduleHeader + row), 65, mentions: words)
  }

  @Test func `refuses what is no table, no file, no profile of kernels`() throws {
    expectRefusal(try Tool.run("evidence --modules -", input: ""), 65, mentions: ["stdin", "empty"])
    expectRefusal(try Tool.run("evidence --kernels /no/such.csv"), 1, mentions: ["/no/such.csv"])
    expectRefusal(try Tool.run("evidence --kernels /"), 1, mentions: ["directory"])
    expectRefusal(try Tool.run("evidence --kernels - --modules -"), 64, mentions: ["--modules"])
    expectRefusal(try Tool.run("evidence --hardware h200"), 65, mentions: ["h200", "kernels"])
  }
}
