import Messages
import Testing

@Suite struct `A text in a message` {
  @Test(arguments: [
    ("a\nb", "a\\u{a}b"), ("\u{1B}[31mred", "\\u{1b}[31mred"), ("\u{202E}txt", "\\u{202e}txt"),
    ("a\u{2028}b", "a\\u{2028}b"),
    ("\r\n", "\\u{d}\\u{a}"), ("plain ∂φ é 中", "plain ∂φ é 中"), ("", ""),
  ]) func `is one line that steers no terminal`(text: String, shown: String) {
    #expect(singleLine(text) == shown)
  }

  @Test func `is cut to a length, which escapes do not count against`() {
    #expect(shortened("abcdef", to: 6) == "abcdef")
    #expect(shortened("abcdefg", to: 6) == "abcdef…")
    #expect(shortened("\n\n\n", to: 2) == "\\u{a}\\u{a}…")
    #expect(shortened(String(repeating: "x", count: 1_000_000)).unicodeScalars.count == 41)
  }
}
