import CMHCKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One reserved range of addresses from which all buffers of a run come, and which knows what they are for.
///
/// Pages are used from the bottom up and only when written, so the process grows by the highest address in use; a run
/// that repeats finds every buffer where it was. Bytes are counted as asked for; rounding to a cache line is not.
/// Used by one thread. Under the address sanitizer, what is in no buffer may not be touched.
public final class Arena {
  /// Buffers begin at multiples of this: a cache line and the widest vector.
  public static let alignment = 64
  /// Buffers of this many bytes begin at multiples of ``page``.
  public static let largeBuffer = 64 << 10
  /// Bytes within which processors fetch ahead.
  public static let page = 4096

  /// The most bytes that may be in use.
  public let capacityBytes: Int
  /// Bytes in use, by purpose; without the purposes of which nothing is.
  public var currentBytes: [Purpose: Int] { bytes(current) }
  /// The most bytes that were in use at one time.
  public private(set) var peakBytes = 0
  /// Bytes by purpose at the moment of the peak.
  public var bytesAtPeak: [Purpose: Int] { bytes(atPeak) }
  /// How many times the arena had to ask for storage of its own since it was made.
  public var growths: Int { usedGrowths + free.growths }
  private var usedGrowths = 0
  /// The highest byte that was ever in use, rounding included: what the process grows by.
  public private(set) var touchedBytes = 0

  /// What the system backs with one entry of its page table, where it does so at all.
  private static let largePage = 2 << 20
  private let mapping: UnsafeMutableRawPointer
  private let base: UnsafeMutableRawPointer
  private var total = 0
  /// One number a purpose, in the order of its cases: kept without an allocation of its own.
  private var current = SIMD8<Int>.zero
  private var atPeak = SIMD8<Int>.zero
  private struct Used {
    var span: FreeSpans.Span
    var bytes: Int
    var purpose: Purpose
  }
  private var free: FreeSpans
  private var used: [Int: Used] = [:]

  /// An arena of at most `capacityBytes`; by default as much as the machine has memory.
  /// - Throws: ``RuntimeError/invalid(_:expected:found:)``, or ``RuntimeError/outOfMemory(_:requestedBytes:availableBytes:)``
  ///   if the system has no such range of addresses.
  public init(capacityBytes: Int? = nil) throws(RuntimeError) {
    let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let capacity = capacityBytes ?? physical
    guard capacity > 0, capacity <= 1 << 46 else {
      throw .invalid("arena", expected: "1 to \(1 << 46) bytes", found: "\(capacity)")
    }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    // Rounding may take more than is counted, and the first buffer begins with a large page.
    let reserved = capacity + capacity / 8 + (1 << 20) + Self.largePage
    let address = mmap(nil, reserved, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let address, address != MAP_FAILED else {
      throw .outOfMemory("arena", requestedBytes: capacity, availableBytes: 0)
    }
    #if os(Linux)
      // Large pages: fewer translations to look up, and lines that lie in caches as their addresses say, which makes
      // times repeat from run to run. Where the system has none, nothing is lost.
      madvise(address, reserved, MADV_HUGEPAGE)
    #endif
    mapping = address
    base = address.alignedUp(toMultipleOf: Self.largePage)
    self.capacityBytes = capacity
    reservedBytes = reserved
    mhck_forbid(address, reserved)
    free = FreeSpans(reserved - Self.largePage)
    used.reserveCapacity(1024)
  }
  private let reservedBytes: Int

  deinit {
    mhck_permit(mapping, reservedBytes)
    munmap(mapping, reservedBytes)
  }

  /// Bytes in use.
  public var totalBytes: Int { total }

  /// Two buffers, or none: whoever is made of both holds nothing if there is no room for the second.
  func allocatePair<One, Other>(
    _ one: (purpose: Purpose, count: Int), _ other: (purpose: Purpose, count: Int)
  ) throws(RuntimeError) -> (Region<One>, Region<Other>) {
    let first: Region<One> = try allocate(one.purpose, one.count)
    do throws(RuntimeError) {
      return (first, try allocate(other.purpose, other.count))
    } catch {
      release(first)
      throw error
    }
  }

  /// A buffer whose contents are undefined.
  /// - Throws: ``RuntimeError/outOfMemory(_:requestedBytes:availableBytes:)`` that names the purpose.
  public func allocate<Element>(
    _ purpose: Purpose, _ count: Int, of type: Element.Type = Element.self
  ) throws(RuntimeError) -> Region<Element> {
    guard count >= 0 else { throw .invalid(purpose.rawValue, expected: "0 elements or more", found: "\(count)") }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, bytes <= capacityBytes - total else {
      throw .outOfMemory(
        purpose.rawValue, requestedBytes: overflow ? .max : bytes, availableBytes: capacityBytes - total)
    }
    guard let span = free.take(bytes) else {
      throw .outOfMemory(purpose.rawValue, requestedBytes: bytes, availableBytes: capacityBytes - total)
    }
    let offset = span.start
    if used.count == used.capacity { usedGrowths += 1 }
    used[offset] = Used(span: span, bytes: bytes, purpose: purpose)
    current[purpose.index] += bytes
    total += bytes
    touchedBytes = max(touchedBytes, span.offset + span.bytes)
    if total > peakBytes {
      peakBytes = total
      atPeak = current
    }
    mhck_permit(base + offset, bytes)
    let address = (base + offset).assumingMemoryBound(to: Element.self)
    return Region(base: address, count: count, offset: offset)
  }

  /// Takes a buffer back.
  /// - Precondition: the buffer is from this arena and was not released before.
  public func release<Element>(_ region: Region<Element>) {
    guard let entry = used.removeValue(forKey: region.offset) else {
      preconditionFailure("a buffer was released twice, or is of another arena")
    }
    current[entry.purpose.index] -= entry.bytes
    total -= entry.bytes
    mhck_forbid(base + region.offset, entry.bytes)
    free.give(entry.span)
  }

  /// Starts a new measurement of the peak from what is in use now.
  public func resetPeak() {
    peakBytes = total
    atPeak = current
  }

  private func bytes(_ counts: SIMD8<Int>) -> [Purpose: Int] {
    var named: [Purpose: Int] = [:]
    for purpose in Purpose.allCases where counts[purpose.index] > 0 { named[purpose] = counts[purpose.index] }
    return named
  }
}
