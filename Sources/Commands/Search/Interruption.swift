import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Signals that ask the process to end: the first is remembered, a second ends it at once.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// The signal that came; nil while none did.
  static var signal: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// From now on SIGINT and SIGTERM are remembered.
  static func remember() {
    // Made before a signal can come: a handler must not be the first to touch it.
    _ = signal
    for number in [SIGINT, SIGTERM] {
      #if canImport(Glibc)
        _ = Glibc.signal(number, handler)
      #elseif canImport(Musl)
        _ = Musl.signal(number, handler)
      #else
        _ = Darwin.signal(number, handler)
      #endif
    }
  }

  private static let handler: @convention(c) (Int32) -> Void = { number in
    Interruption.received.store(number, ordering: .relaxed)
    #if canImport(Glibc)
      _ = Glibc.signal(number, SIG_DFL)
    #elseif canImport(Musl)
      _ = Musl.signal(number, SIG_DFL)
    #else
      _ = Darwin.signal(number, SIG_DFL)
    #endif
  }
}
