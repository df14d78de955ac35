import Messages
import Testing

@Suite struct `The nearest known name` {
  @Test(arguments: [
    ("deepseek-v4-flesh", "deepseek-v4-flash"), ("Deepseek_V4.Flash", "deepseek-v4-flash"), ("llama3-8b", "llama-3-8b"),
    ("mhc-72b", "mhc-27b"),
  ]) func `is the one with the fewest letters to change`(typed: String, meant: String) {
    let known = ["deepseek-v4-flash", "deepseek-v4-pro", "llama-3-8b", "llama-3-70b", "mhc-3b", "mhc-27b"]
    #expect(nearestName(to: typed, among: known) == meant)
  }

  @Test(arguments: [("h100", "h100-sxm"), ("a100", "a100-80gb"), ("H200", "h200"), ("gb2", "gb200")])
  func `is the only one that begins so, though others are fewer letters away`(typed: String, meant: String) {
    #expect(nearestName(to: typed, among: ["a100-80gb", "h100-sxm", "h200", "h800", "gb200", "gb300"]) == meant)
  }

  @Test(arguments: ["", "zebra", "-", String(repeating: "a", count: 100_000)])
  func `is none for a name unlike all of them`(typed: String) {
    #expect(nearestName(to: typed, among: ["mhc-3b", "h800", "a"]) == nil)
  }
}
