import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The built program, run as a process.
enum Tool {
  /// What a run left behind.
  struct Run {
    var stdout: String
    var stderr: String
    /// The exit code; nil when a signal ended the process or its time was up.
    var code: Int32?

    /// Stdout as the one document that it must be.
    func document() throws -> JSONTree {
      #expect(stdout.hasSuffix("}\n"))
      return try JSONTree(stdout)
    }
  }

  /// Runs `mhc-plan` with these arguments, its standard input a file with `input`.
  ///
  /// Files, not pipes: nothing can fill up, and no other process holds an end open. A run that takes longer than a
  /// minute hangs.
  static func run(_ arguments: [String], input: String = "") throws -> Run {
    try run(program, arguments, input: input)
  }

  /// The same for a command line of words without blanks.
  static func run(_ line: String, input: String = "") throws -> Run {
    try run(line.split(separator: " ").map(String.init), input: input)
  }

  /// Runs a shell script in which `"$0"` is the program.
  static func shell(_ script: String) throws -> Run {
    try run(URL(filePath: "/bin/bash"), ["-c", script, program.path])
  }

  private static func run(_ executable: URL, _ arguments: [String], input: String = "") throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let streams = ["in", "out", "err"].map { folder.appending(path: $0) }
    try Data(input.utf8).write(to: streams[0])
    for file in streams[1...] { try Data().write(to: file) }

    let process = try start(
      executable, arguments, streams.enumerated().map { (Int32($0), $1.path, $0 == 0 ? O_RDONLY : O_WRONLY) })
    var status: Int32 = 0
    let begin = ContinuousClock.now
    while waitpid(process, &status, WNOHANG) == 0 {
      if ContinuousClock.now - begin > .seconds(60) { kill(process, SIGKILL) }
      usleep(2000)
    }
    return Run(
      stdout: String(decoding: try Data(contentsOf: streams[1]), as: UTF8.self),
      stderr: String(decoding: try Data(contentsOf: streams[2]), as: UTF8.self),
      code: status & 0x7F == 0 ? (status >> 8) & 0xFF : nil)
  }

  /// Starts a program whose descriptors are these files; a descriptor without a file is closed.
  static func start(
    _ executable: URL, _ arguments: [String], _ files: [(descriptor: Int32, path: String?, flags: Int32)]
  ) throws -> pid_t {
    // Foundation's Process waits on a run loop that tests in parallel starve.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, path, flags) in files {
      if let path {
        posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0)
      } else {
        posix_spawn_file_actions_addclose(&actions, descriptor)
      }
    }
    // A thread that runs tests has signals blocked; a process that a person starts has not.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words = ([executable.path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    try #require(posix_spawn(&process, executable.path, &actions, &attributes, &words, environ) == 0)
    return process
  }

  /// The program beside the test bundle, or in the build folder of this checkout.
  static let program: URL = {
    let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let folders = sequence(first: bundle) { $0.path.count > 1 ? $0.deletingLastPathComponent() : nil }.prefix(6)
    let candidates =
      folders.map { $0.appending(path: "mhc-plan") } + [checkout.appending(path: ".build/debug/mhc-plan")]
    return candidates.first {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: $0.path, isDirectory: &isFolder) && !isFolder.boolValue
        && FileManager.default.isExecutableFile(atPath: $0.path)
    } ?? candidates[0]
  }()

  /// The root of the package.
  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
}

/// Checks what every refused command line has in common: the code, one line on stderr with these words in it, and
/// nothing on stdout.
func expectRefusal(
  _ run: Tool.Run, _ code: Int32, mentions words: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(run.code == code, "\(run.stderr)", sourceLocation: sourceLocation)
  #expect(run.stdout.isEmpty, sourceLocation: sourceLocation)
  let lines = run.stderr.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(lines.count == 2 && lines[1].isEmpty, "not one line: \(run.stderr)", sourceLocation: sourceLocation)
  #expect(run.stderr.hasPrefix("mhc-plan: "), sourceLocation: sourceLocation)
  for word in words {
    #expect(run.stderr.contains(word), "\(run.stderr)", sourceLocation: sourceLocation)
  }
}
