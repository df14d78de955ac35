import Foundation
import Testing

@testable import Commands

@Suite struct `A file that is written` {
  private static func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-file-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private static func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func `is replaced whole, and nothing else is left in its folder`() throws {
    try Self.inFolder { folder in
      let path = folder.appending(path: "mine.json").path
      for text in ["old and much longer than the new one", "new"] {
        try OutputFile(path).write(text)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text + "\n")
      }
      #expect(try Self.names(folder) == ["mine.json"])
    }
  }

  @Test func `is what a link points to, which stays a link`() throws {
    try Self.inFolder { folder in
      let (file, link) = (folder.appending(path: "mine.json").path, folder.appending(path: "link").path)
      try "old".write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "mine.json")
      try OutputFile(link).write("new")
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "new\n")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "mine.json")
      try FileManager.default.removeItem(atPath: file)
      let error = #expect(throws: CommandFailure.self) { try OutputFile(link) }
      #expect(error?.status == .failure && error?.description.contains("a link to nothing") == true)
    }
  }

  /// Every command that writes a file, as far as `--out`.
  private static let writers = [
    ["measure", "--quick", "--out"], ["vectors", "write", "--channels", "8", "--tokens", "2", "--out"],
    ["calibrate", "--from", "/dev/null", "--out"],
    ["plan", "mhc-3b", "--hardware", "h800", "--data", "8", "--trace"],
  ]

  @Test(arguments: writers) func `is refused in every command before it begins`(command: [String]) throws {
    try Self.inFolder { folder in
      for (path, told) in [
        (folder.path, "found a directory"), (folder.path + "/", "found a directory"), ("/dev/full", "or a device"),
        (folder.path + "/new/", "that of a folder"), (folder.path + "/none/new", "No such file or directory"),
      ] {
        expectRefusal(try Tool.run(command + [path]), 1, mentions: [told])
      }
      expectRefusal(try Tool.run(command + [""]), 64, mentions: [command.last ?? ""])
      #expect(try Self.names(folder) == [])
    }
  }

  @Test func `must be a file or a free name in a folder that is there, which is seen before anything is measured`()
    throws
  {
    try Self.inFolder { folder in
      for (path, told) in [
        (folder.path, "found a directory"), ("/dev/null", "found a directory or a device"),
        (folder.appending(path: "none/mine.json").path, "found: No such file or directory"),
      ] {
        let error = #expect(throws: CommandFailure.self) { try OutputFile(path) }
        #expect(
          error?.status == .failure && error?.description.contains(told) == true, "\(path): \(error?.description ?? "")"
        )
        expectRefusal(try Tool.run(["measure", "--out", path]), 1, mentions: [told])
      }
      expectRefusal(try Tool.run(["measure", "--out", ""]), 64, mentions: ["--out"])
      #expect(try Self.names(folder) == [])
    }
  }

  @Test(arguments: ["INT", "TERM"]) func `stays as it was when the run is interrupted`(signal: String) throws {
    try Self.inFolder { folder in
      let path = folder.appending(path: "mine.json").path
      try "old".write(toFile: path, atomically: false, encoding: .utf8)
      // However far it has come by then.
      let run = try Tool.shell("timeout -s \(signal) 0.4 \"$0\" measure --out \(path); echo $?")
      #expect(run.stdout == "124\n" && run.stderr.isEmpty, "\(run.stdout) \(run.stderr)")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try Self.names(folder) == ["mine.json"])
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `stays as it was when the run is interrupted while it samples`(signal: Int32)
    throws
  {
    try Self.inFolder { folder in
      let path = folder.appending(path: "mine.json").path
      try "old".write(toFile: path, atomically: false, encoding: .utf8)
      // What a terminal is shown says when: no clock is asked.
      let run = try Tool.run(["measure", "--quick", "--threads", "1", "--out", path], until: "round 1", signal: signal)
      #expect(run.signal == signal && run.stdout.isEmpty, "\(run)")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try Self.names(folder) == ["mine.json"])
    }
  }

  @Test func `is asked for with threads that the machine has`() throws {
    for threads in ["0", "-1", "100000", "two"] {
      expectRefusal(try Tool.run(["measure", "--threads", threads]), 64, mentions: ["--threads"])
    }
  }
}
