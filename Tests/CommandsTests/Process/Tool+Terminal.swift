import Foundation
import Testing

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Tool {
  /// What a run left behind that was ended by a signal.
  struct EndedRun {
    var stdout: String
    /// What stood on its terminal when the signal was sent.
    var terminal: String
    /// The signal that ended it; nil if it ended by itself.
    var signal: Int32?
  }

  /// Runs `mhc-plan` with its standard error on a terminal, and sends a signal as soon as `text` has been shown there.
  ///
  /// Nothing is waited for but the text, or the end of a run that never shows it.
  static func run(_ arguments: [String], until text: String, signal: Int32) throws -> EndedRun {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-terminal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appending(path: "out")
    try Data().write(to: out)
    var (terminal, other) = (Int32(-1), Int32(-1))
    try #require(openpty(&terminal, &other, nil, nil, nil) == 0)
    defer { close(terminal) }
    var name = [CChar](repeating: 0, count: 256)
    try #require(ttyname_r(other, &name, name.count) == 0)

    let process = try name.withUnsafeBufferPointer { name in
      try start(
        program, arguments,
        [
          (0, "/dev/null", O_RDONLY), (1, out.path, O_WRONLY),
          (2, name.baseAddress.map { String(cString: $0) }, O_RDWR | O_NOCTTY), (terminal, nil, 0), (other, nil, 0),
        ])
    }
    // Only the process has that end now: reading fails when it has ended.
    close(other)
    var shown: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: shown, as: UTF8.self).contains(text) {
      // An error when the last process that has the terminal is gone.
      let count = read(terminal, &buffer, buffer.count)
      if count <= 0 { break }
      shown += buffer[..<count]
    }
    kill(process, signal)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return EndedRun(
      stdout: try String(contentsOf: out, encoding: .utf8), terminal: String(decoding: shown, as: UTF8.self),
      signal: status & 0x7F == 0 ? nil : status & 0x7F)
  }
}
