import FoundationEssentials
import Messages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is written whole or not at all, looked at before the work begins whose result it will hold.
struct OutputFile {
  /// As the user named it.
  let path: String
  /// Where it lies: where the name is a symbolic link, what that points to is replaced, and the link stays.
  private let place: String

  /// Throws for what cannot be replaced by a file: minutes of work should not end there.
  ///
  /// - Parameters:
  ///   - path: the file, or a name that is free.
  ///   - option: the option that named it, for the message.
  /// - Throws: `CommandFailure`, for scripts a wrong command line where no name is given, or else something that could not be done.
  init(_ path: String, option: String = "--out") throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CommandFailure("\(option): expected the name of a file, found none", status: .usage)
    }
    self.path = path
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let real = realpath(path, nil) {
      place = String(cString: real)
      free(real)
    } else {
      place = path
    }
    if stat(place, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw failure("expected a file or a free name, found a directory or a device")
    }
    // Without the slash the name would be taken. A link still in place points to nothing.
    guard !path.hasSuffix("/") else { throw failure("expected the name of a file, found that of a folder") }
    guard lstat(place, &status) != 0 || status.st_mode & S_IFMT != S_IFLNK else {
      throw failure("expected a file or a free name, found a link to nothing")
    }
    let folder = URL(filePath: place).deletingLastPathComponent().path
    guard access(folder, W_OK | X_OK) == 0 else {
      throw failure("expected a folder that can be written to, found: \(String(cString: strerror(errno)))")
    }
  }

  /// Replaces the file, in one step, by one with this text and a line feed.
  func write(_ text: String) throws { try write(Data((text + "\n").utf8)) }

  /// Replaces the file, in one step, by one with these bytes.
  ///
  /// They go to a file of another name in the same folder, which then takes the name. Signals wait meanwhile, so
  /// that an interrupted run leaves either the old file or the new one, and no third.
  func write(_ bytes: Data) throws {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigprocmask(SIG_BLOCK, &all, &before)
    defer { sigprocmask(SIG_SETMASK, &before, nil) }
    do {
      try bytes.write(to: URL(filePath: place), options: .atomic)
    } catch {
      throw failure("expected to write it, found: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    let reason = (error as? CocoaError)?.underlying as? POSIXError
    return reason.map { String(cString: strerror($0.code.rawValue)) } ?? "it cannot be written"
  }

  private func failure(_ problem: String) -> CommandFailure {
    CommandFailure("\(shortened(path, to: 200)): \(problem)", status: .failure)
  }
}
