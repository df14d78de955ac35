public import Quantities

/// Constants learned on one system, tested on another that they have never seen.
public struct Transfer: Hashable, Sendable {
  /// What was timed.
  public var operation: TimedOperation
  /// The system learned on, all of its rows.
  public var learned: String
  /// The system tested on, all of its rows.
  public var tested: String
  /// The errors there.
  public var errors: ErrorSummary

  /// Every pair of systems that the rows name, for `post` and `pre`.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public static func all(_ rows: [Measurement], devices: DeviceTable) throws(OverflowError) -> [Transfer] {
    let systems = Set(rows.map(\.system)).sorted()
    var transfers: [Transfer] = []
    for learned in systems {
      let model = try EvidenceModel(learningFrom: rows.filter { $0.system == learned }, devices: devices)
      for tested in systems where tested != learned {
        for operation in [TimedOperation.post, .pre] {
          var errors: [Double] = []
          for row in rows where row.system == tested && row.operation == operation {
            // A version that the learned system does not have is no test of this one.
            guard model.laws[KernelFamily(of: row)] != nil, let found = try model.prediction(row) else { continue }
            errors.append(found.time / row.time - 1)
          }
          guard let summary = ErrorSummary(errors) else { continue }
          transfers.append(Transfer(operation: operation, learned: learned, tested: tested, errors: summary))
        }
      }
    }
    return transfers
  }
}
