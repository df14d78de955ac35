public import CostModel
import FoundationEssentials
import LayerRuntime
public import Quantities

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The machine that the program runs on.
public enum ThisMachine {
  /// What it is and what is installed on it.
  ///
  /// - Parameter variant: the instruction set that is measured with.
  /// - Returns: the machine, with today's date.
  public static func identity(variant: ProbeVariant = .best) -> MachineIdentity {
    MachineIdentity(
      processor: processor, cores: cores, caches: caches, instructionSet: variant.name, kernel: kernel,
      openBLAS: openBLAS, date: Date.now.formatted(.iso8601.year().month().day()))
  }

  /// Processors that this process may run threads on.
  public static var cores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Its memory.
  public static var memory: Bytes {
    let (pages, overflow) = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    return Bytes(overflow ? .max : max(0, pages))
  }

  /// The data caches of the first processor, nearest first; empty where the system does not tell.
  public static var caches: [CacheSize] {
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    return (0..<8).compactMap { index in
      let place = "\(folder)/index\(index)"
      guard SystemFile.line("\(place)/type") != "Instruction",
        let level = SystemFile.line("\(place)/level").flatMap({ Int($0) }),
        let size = SystemFile.line("\(place)/size").flatMap({ ProcessorFiles.bytes($0) }),
        let shared = SystemFile.line("\(place)/shared_cpu_list").flatMap({ ProcessorFiles.count($0) })
      else { return nil }
      return CacheSize(level: level, size: Bytes(size), sharedBy: shared)
    }
    .sorted { $0.level < $1.level }
  }

  private static var processor: String {
    SystemFile.text("/proc/cpuinfo").map { ProcessorFiles.processor($0) } ?? "unknown"
  }

  private static var openBLAS: String? {
    guard let library = try? OpenBLAS.load() else { return nil }
    return "\(library.configuration), kernels \(library.coreName)"
  }

  private static var kernel: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }
}
