/// What a store does to the line it writes.
public enum StoreKind: String, CaseIterable, Hashable, Sendable {
  /// An ordinary store to a line that was not read: the cache reads the line first (write-allocate).
  case ordinary
  /// A store past the caches; the line is not read.
  case streaming
  /// An ordinary store to a line that the same operation reads anyway.
  case inPlace = "in-place"
}

/// How many arrays of one length an operation reads and writes side by side.
///
/// A kernel of a connection is such a mix: with n = 4 streams the pre-mix reads four rows for each that it writes, and
/// the merge reads five and writes four.
public struct MemoryMix: Hashable, Sendable {
  /// Arrays read.
  public let reads: Int
  /// Arrays written; of ``StoreKind/inPlace``, some of those that are read.
  public let writes: Int
  /// How they are written; `ordinary` where nothing is.
  public let store: StoreKind

  /// A mix; nil unless it has one array and at most 64 of each kind, and writes in place only what it reads.
  public init?(reads: Int, writes: Int, store: StoreKind = .ordinary) {
    guard (0...64).contains(reads), (0...64).contains(writes), reads + writes > 0 else { return nil }
    guard store != .inPlace || writes <= reads else { return nil }
    self.reads = reads
    self.writes = writes
    self.store = writes == 0 ? .ordinary : store
  }

  /// Arrays in memory: one that is read and written in place is one.
  public var arrays: Int { store == .inPlace ? reads : reads + writes }
  /// Arrays' worth of bytes that the instructions load and store.
  public var accesses: Int { reads + writes }
  /// The part of ``accesses`` that is read, 0 to 1.
  public var readFraction: Double { Double(reads) / Double(accesses) }

  /// Arrays' worth of bytes on the memory bus where nothing is in a cache.
  ///
  /// - Parameter writeAllocate: whether an ordinary store reads its line first.
  /// - Returns: ``accesses``, and the lines read for ordinary stores.
  public func transfers(writeAllocate: Bool) -> Int {
    accesses + (writeAllocate && store == .ordinary ? writes : 0)
  }
}

/// The bytes that an operation loads and stores, by the kind of store.
public struct MemoryTraffic: Hashable, Sendable {
  /// Bytes loaded.
  public var read: Double
  /// Bytes stored, by what the store does to its line; those in place are loaded too and counted in ``read`` as well.
  public var written: [StoreKind: Double]

  /// Traffic of so many bytes, finite and not negative.
  public init(read: Double, written: [StoreKind: Double] = [:]) {
    self.read = read
    self.written = written
  }

  /// Bytes loaded and stored.
  public var accesses: Double { written.values.reduce(read, +) }
}
