#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads files and the standard input: the only place of this module that touches either.
enum SourceFile {
  /// What a file holds; nil if there is no file at the path.
  ///
  /// - Parameters:
  ///   - path: The path as the user wrote it.
  ///   - member: The file to take where the path is a directory.
  /// - Returns: The bytes and the path they were read from; at most one byte more than ``JSONDocument/maximumBytes``,
  ///   which is enough to refuse them.
  /// - Throws: A ``ProfileError`` with the system's reason for a file that cannot be read.
  static func contents(of path: String, inDirectory member: String? = nil) throws(ProfileError) -> (
    bytes: [UInt8], path: String
  )? {
    // The system would stop at the NUL, and read another file than the one named.
    guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG { return nil }
      throw unreadable(path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    if status.st_mode & S_IFMT == S_IFDIR {
      guard let member else {
        throw ProfileError(file: path, key: "", problem: "expected a file, found a directory", kind: .unreadable)
      }
      let inside = path.hasSuffix("/") ? path + member : "\(path)/\(member)"
      guard let found = try contents(of: inside) else {
        throw ProfileError(
          file: path, key: "", problem: "expected a file or a directory with \(member), found a directory without",
          kind: .unreadable)
      }
      return found
    }
    return (try bytes(from: descriptor, name: path), path)
  }

  /// What the standard input holds, to its end.
  static func standardInput() throws(ProfileError) -> [UInt8] {
    try bytes(from: STDIN_FILENO, name: "stdin")
  }

  private static func bytes(from descriptor: Int32, name: String) throws(ProfileError) -> [UInt8] {
    let limit = JSONDocument.maximumBytes + 1
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw unreadable(name)
      }
      bytes += chunk[..<count]
    }
    return bytes
  }

  private static func unreadable(_ name: String) -> ProfileError {
    let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    return ProfileError(file: name, key: "", problem: "expected a readable file, found: \(reason)", kind: .unreadable)
  }
}
