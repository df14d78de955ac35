public import Quantities

/// One time, predicted and then measured.
public struct TimeRow: Hashable, Sendable {
  /// What `--case` takes.
  public var name: String
  /// The operation or pass.
  public var operation: String
  /// Connection and implementation.
  public var scheme: String
  /// Whether it is one operation, a whole connection, a recompute or a training step.
  public var scope: TimeCase.Scope
  /// T, n, C, format and threads.
  public var size: String
  /// Its place in the order of predictions, from 1.
  public var predictedAs: Int
  /// Its place in the order of measurements, later than its prediction's.
  public var measuredAs: Int
  /// The prediction: the middle one of ``predictions``, or the one before the first round.
  public var predicted: Seconds
  /// The prediction of each round, from what was measured beside its run.
  public var predictions: [Seconds] = []
  /// The prediction by the profile alone, as if the machine had not moved since.
  public var byProfile: Seconds
  /// What of it waits for memory, computes, multiplies matrices and starts threads; where several
  /// threads saturate memory, they can add up to less than the whole.
  public var parts: Parts
  /// How the machine had moved when it was predicted.
  public var drift: Drift
  /// The time of each run.
  public var samples: [Seconds]

  /// Parts of a prediction.
  public struct Parts: Hashable, Sendable {
    /// Waiting for memory or a cache.
    public var memory: Seconds
    /// Vector code.
    public var arithmetic: Seconds
    /// Matrix products.
    public var products: Seconds
    /// Starting threads.
    public var starts: Seconds
  }

  /// The middle one of the samples.
  public var measured: Seconds {
    let sorted = samples.sorted()
    return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
  }
  /// Predicted over measured, less one: above zero where the layer was quicker than predicted.
  public var error: Double { measured.value > 0 ? predicted / measured - 1 : 0 }
  /// The same of the prediction by the profile alone.
  public var errorByProfile: Double { measured.value > 0 ? byProfile / measured - 1 : 0 }
  /// Whichever part is largest.
  public var bound: String {
    let all = [
      ("memory", parts.memory), ("arithmetic", parts.arithmetic), ("products", parts.products),
      ("starts", parts.starts),
    ]
    return all.max { $0.1 < $1.1 }?.0 ?? "memory"
  }
}
