import Testing

@testable import FrameworkSettings

@Suite struct `Text in settings` {
  @Test func `stands bare in the shell where it is plain, and in single quotes otherwise`() {
    #expect(shellQuoted("dist_muon") == "dist_muon")
    #expect(shellQuoted("9,8,7,6") == "9,8,7,6")
    #expect(shellQuoted("") == "''")
    #expect(shellQuoted("Et*9|t*8L") == "'Et*9|t*8L'")
    #expect(shellQuoted("it's $(x)") == #"'it'\''s $(x)'"#)
    #expect(shellQuoted("a\0b c") == "'ab c'")
  }

  @Test func `is one line of ASCII in Python`() {
    #expect(pythonQuoted(#"a"b\c"#) == #""a\"b\\c""#)
    #expect(pythonQuoted("a\nµ") == #""a\U0000000a\U000000b5""#)
  }

  @Test func `cannot leave a comment`() {
    #expect(commentText("a\nrm -rf x\r\u{2028}\u{85}\u{1B}[2Jb") == "a?rm -rf x????[2Jb")
    #expect(commentText("Größe 4 µs") == "Größe 4 µs")
  }
}
