public import Quantities

/// A machine as its measurements belong to it, and what was installed on it then.
public struct MachineIdentity: Hashable, Sendable {
  /// What the processor calls itself, with family, model and stepping where the name is not enough.
  public var processor: String
  /// Processors that the system runs threads on.
  public var cores: Int
  /// The data caches, nearest first.
  public var caches: [CacheSize]
  /// The instruction set of the vector probes: `avx512`, `avx2`, `baseline` or `neon`.
  public var instructionSet: String
  /// The system and its version.
  public var kernel: String
  /// OpenBLAS's version, build and chosen kernels; nil where it was not found.
  public var openBLAS: String?
  /// The day of the measurement, `2026-11-23`.
  public var date: String

  /// A machine and what is installed on it.
  public init(
    processor: String, cores: Int, caches: [CacheSize], instructionSet: String, kernel: String, openBLAS: String?,
    date: String
  ) {
    self.processor = processor
    self.cores = cores
    self.caches = caches
    self.instructionSet = instructionSet
    self.kernel = kernel
    self.openBLAS = openBLAS
    self.date = date
  }

  /// What makes `other` another machine: one line for each part that differs, none for the same machine.
  ///
  /// System, library and date may differ on one machine; ``changes(to:)`` has them.
  public func differences(from other: MachineIdentity) -> [String] {
    [
      difference("processor", processor, other.processor),
      difference("cores", "\(cores)", "\(other.cores)"),
      difference("caches", Self.shown(caches), Self.shown(other.caches)),
      difference("instruction set", instructionSet, other.instructionSet),
    ].compactMap { $0 }
  }

  /// What was installed anew on the same machine: one line for each part.
  public func changes(to other: MachineIdentity) -> [String] {
    [
      difference("kernel", kernel, other.kernel),
      difference("OpenBLAS", openBLAS ?? "none", other.openBLAS ?? "none"),
    ].compactMap { $0 }
  }

  private func difference(_ part: String, _ mine: String, _ theirs: String) -> String? {
    mine == theirs ? nil : "\(part) \(mine), not \(theirs)"
  }

  private static func shown(_ caches: [CacheSize]) -> String {
    caches.isEmpty ? "unknown" : caches.map { "L\($0.level) \($0.size.count >> 10) KiB" }.joined(separator: ", ")
  }
}

/// One level of data cache.
public struct CacheSize: Hashable, Sendable {
  /// 1 for the nearest to the core.
  public var level: Int
  /// Its size, one instance of it.
  public var size: Bytes
  /// Processors of this machine that share an instance.
  public var sharedBy: Int

  /// A level of cache.
  public init(level: Int, size: Bytes, sharedBy: Int) {
    self.level = level
    self.size = size
    self.sharedBy = sharedBy
  }
}
