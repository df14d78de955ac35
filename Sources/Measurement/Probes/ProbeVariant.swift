import CProbes

/// The probes of one instruction set.
public struct ProbeVariant: @unchecked Sendable, Hashable, CustomStringConvertible {
  /// The probes; a table that lives as long as the program.
  let table: UnsafePointer<mhcp_table>

  /// `avx512`, `avx2`, `baseline` or `neon`.
  public var name: String { String(cString: table.pointee.name) }
  /// The name.
  public var description: String { name }

  /// The variants that this processor can run, the fastest first; never empty.
  public static let supported: [ProbeVariant] = {
    var count = 0
    guard let tables = mhcp_variants(&count) else { preconditionFailure("the probes are linked in") }
    return (0..<count).compactMap { index in
      guard let table = tables[index], let isSupported = table.pointee.is_supported, isSupported() != 0 else {
        return nil
      }
      return ProbeVariant(table: table)
    }
  }()

  /// The fastest variant that this processor can run.
  public static var best: ProbeVariant { supported[0] }
}
