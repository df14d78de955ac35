import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Results go to stdout in one piece, messages to stderr.
enum Console {
  /// Writes a finished result and a line feed.
  static func printResult(_ text: String) throws { try write(text, to: STDOUT_FILENO) }

  /// Writes one line to stderr.
  static func printMessage(_ text: String) { try? write(text, to: STDERR_FILENO) }

  /// Whether stderr is a terminal.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Replaces the last line of a terminal's stderr; an empty text clears it.
  static func printProgress(_ text: String) { try? write("\r\u{1B}[K" + text, to: STDERR_FILENO, ending: "") }

  /// Lets a write to a pipe that nobody reads any more fail, instead of ending the process with a signal.
  static func ignoreClosedReaders() { _ = signal(SIGPIPE, SIG_IGN) }

  private static func write(_ text: String, to descriptor: Int32, ending: String = "\n") throws {
    var bytes = Array((text + ending).utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        // A reader that has seen enough, such as `head`, is no failure.
        if errno == EPIPE { return }
        let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        throw CommandFailure("expected to write the result to stdout, found: \(reason)", status: .failure)
      }
      bytes = bytes.dropFirst(written)
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ pointer: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, pointer, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, pointer, count)
    #else
      Darwin.write(descriptor, pointer, count)
    #endif
  }
}
