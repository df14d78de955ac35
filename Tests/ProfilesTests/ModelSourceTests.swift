import CostModel
import FoundationEssentials
import Profiles
import TestSupport
import Testing

@Suite struct `A MODEL argument` {
  /// Runs `body` with the path of a new folder, which is removed again.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  private func failure(_ argument: String) -> ProfileError? {
    do throws(ProfileError) {
      _ = try ModelSource.load(argument)
      return nil
    } catch {
      return error
    }
  }

  @Test func `is a path to a config.json, to a profile, or to a folder with a config.json`() throws {
    try inFolder { folder in
      try write(SmallConfigs.llama, "\(folder)/config.json")
      try write(SmallConfigs.profile, "\(folder)/mine")
      #expect(try ModelSource.load("\(folder)/config.json").shape.family == "llama")
      #expect(try ModelSource.load("\(folder)/mine").shape.name == "small")
      #expect(try ModelSource.load(folder).origin == .file("\(folder)/config.json"))
      #expect(try ModelSource.load("\(folder)/").origin == .file("\(folder)/config.json"))
    }
  }

  @Test func `that is a folder without a config.json is an error`() throws {
    try inFolder { folder in
      #expect(
        failure(folder)?.description
          == "\(folder): expected a file or a directory with config.json, found a directory without")
      #expect(failure(folder)?.kind == .unreadable)
    }
  }

  @Test func `that names a file in vain is an error of another kind than a wrong name`() {
    #expect(failure("none/config.json")?.description == "none/config.json: expected a file, found none of this name")
    #expect(failure("none/config.json")?.kind == .unreadable)
    #expect(
      failure("deepseek-v4-flesh")?.description == """
        deepseek-v4-flesh: expected a built-in model or a file, found none of this name; \
        did you mean "deepseek-v4-flash"?
        """)
    #expect(failure("deepseek-v4-flesh")?.kind == .unknownName)
    let unlike = failure("gpt-2")
    #expect(unlike?.problem.hasSuffix(BuiltInModels.names.joined(separator: ", ")) == true)
  }

  @Test(arguments: ["", "\0", "mhc-3b\0", "a\nb", String(repeating: "long/", count: 4000)])
  func `of a strange text is one line`(argument: String) {
    let line = failure(argument)?.description
    #expect(line?.contains(where: \.isNewline) == false)
    #expect((line?.utf8.count ?? .max) < 500)
  }

  @Test func `that never ends is refused at the size limit`() {
    #expect(
      failure("/dev/zero")?.description == "/dev/zero: expected a file of at most 1048576 bytes, found a larger one")
  }

  @Test func `with a wrong document is an error of the document's kind`() throws {
    try inFolder { folder in
      try write("{\"model_type\": \"llama\"", "\(folder)/config.json")
      #expect(
        failure(folder)?.description == """
          \(folder)/config.json: line 1, column 23: expected "," or the closing bracket, found the end of the file
          """)
      #expect(failure(folder)?.kind == .invalid)
    }
  }
}
