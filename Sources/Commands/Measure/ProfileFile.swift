import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is written whole or not at all, looked at before the work begins whose result it will hold.
struct ProfileFile {
  /// As the user named it.
  let path: String

  /// Throws for what cannot be replaced by a file: minutes of measuring should not end there.
  init(_ path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CommandFailure("--out: expected the name of a file, found none", status: .usage)
    }
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw failure("expected a file or a free name, found a directory or a device")
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard access(folder, W_OK | X_OK) == 0 else {
      throw failure("expected a folder that can be written to, found: \(String(cString: strerror(errno)))")
    }
  }

  /// Replaces the file, in one step, by one with this text and a line feed.
  ///
  /// The text goes to a file of another name in the same folder, which then takes the name. Signals wait meanwhile, so
  /// that an interrupted run leaves either the old file or the new one, and no third.
  func write(_ text: String) throws {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigprocmask(SIG_BLOCK, &all, &before)
    defer { sigprocmask(SIG_SETMASK, &before, nil) }
    do {
      try Data((text + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw failure("expected to write the profile, found: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    let reason = (error as? CocoaError)?.underlying as? POSIXError
    return reason.map { String(cString: strerror($0.code.rawValue)) } ?? "it cannot be written"
  }

  private func failure(_ problem: String) -> CommandFailure {
    let shown = path.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? "?" : String($0) }
    return CommandFailure("\(shown.joined()): \(problem)", status: .failure)
  }
}
