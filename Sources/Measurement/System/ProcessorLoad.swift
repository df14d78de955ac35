#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the processors did while something was measured, as fractions of their whole time.
public struct ProcessorLoad: Hashable, Sendable {
  /// Taken by other processes and the system, 0 to 1.
  public var others: Double
  /// Taken by the hypervisor for other machines, 0 to 1.
  public var stolen: Double

  /// A load of these fractions.
  public init(others: Double, stolen: Double) {
    self.others = others
    self.stolen = stolen
  }

  /// What was counted between two moments; nil where it is not known, or no time passed.
  init?(from start: Counters?, to end: Counters?) {
    guard let start, let end, end.total > start.total else { return nil }
    let total = end.total - start.total
    stolen = min(1, max(0, (end.stolen - start.stolen) / total))
    others = min(1, max(0, (end.busy - start.busy - (end.own - start.own)) / total))
  }

  /// Counts since the machine started, in seconds of one processor.
  struct Counters: Hashable, Sendable {
    /// All processors, whatever they did.
    var total: Double
    /// All processors, at work on this machine.
    var busy: Double
    /// Taken by the hypervisor.
    var stolen: Double
    /// This process.
    var own: Double

    /// The counts now; nil where the system has no `/proc/stat`.
    static func now() -> Counters? {
      var time = timespec()
      guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0, let text = SystemFile.text("/proc/stat") else {
        return nil
      }
      let own = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
      return Counters(stat: text, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))), own: own)
    }

    /// The counts of a `/proc/stat`: user, nice, system, idle, iowait, irq, softirq and steal, in ticks.
    init?(stat: String, ticksPerSecond: Double, own: Double) {
      guard ticksPerSecond > 0, let line = stat.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
      let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
      guard ticks.count >= 8 else { return nil }
      let seconds = ticks.prefix(8).map { $0 / ticksPerSecond }
      total = seconds.reduce(0, +)
      stolen = seconds[7]
      busy = total - seconds[3] - seconds[4] - stolen
      self.own = own
    }
  }
}
