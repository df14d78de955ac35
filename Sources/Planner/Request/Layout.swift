import CostModel
public import Schedules

/// How one step is laid out over devices.
///
/// Experts are spread over the data, tensor and context ranks of a stage, each expert whole on one device, so that
/// the expert size divides their product (Megatron-Core's expert parallelism with an expert tensor size of 1).
public struct Layout: Hashable, Sendable {
  /// d: replicas of the model.
  public var data: Int
  /// t: devices that share every matrix product.
  public var tensor: Int
  /// Whether the t devices also share the tokens of what is not a matrix product.
  public var sequenceParallel: Bool
  /// p: pipeline stages.
  public var pipeline: Int
  /// e: devices that share the experts.
  public var expert: Int
  /// c: devices that share the tokens of a sequence.
  public var context: Int
  /// Sequences of one microbatch.
  public var microbatch: Int
  /// S: tokens of a sequence.
  public var sequence: Int
  /// Sequences of one step, over all replicas.
  public var globalBatch: Int
  /// Transformer layers of each part, front to back; empty for an even partition.
  ///
  /// A part is a stage, or one of its chunks where the schedule has several.
  public var stageLayers: [Int]
  /// The order of forward and backward passes over the stages.
  public var schedule: ScheduleName
  /// Chunks of the model on a stage, where the schedule does not fix their number (`interleaved`).
  public var chunks: Int

  /// A layout; nothing is checked here, see ``Layout/check(against:)``.
  public init(
    data: Int = 1, tensor: Int = 1, sequenceParallel: Bool = true, pipeline: Int = 1, expert: Int = 1,
    context: Int = 1, microbatch: Int = 1, sequence: Int, globalBatch: Int, stageLayers: [Int] = [],
    schedule: ScheduleName = .oneForwardOneBackward, chunks: Int = 2
  ) {
    self.data = data
    self.tensor = tensor
    self.sequenceParallel = sequenceParallel
    self.pipeline = pipeline
    self.expert = expert
    self.context = context
    self.microbatch = microbatch
    self.sequence = sequence
    self.globalBatch = globalBatch
    self.stageLayers = stageLayers
    self.schedule = schedule
    self.chunks = chunks
  }

  /// Microbatches of one step on one replica.
  public var microbatches: Int { globalBatch / (microbatch * data) }

  /// Tensor-parallel devices that share the tokens: t with sequence parallelism, 1 without.
  public var sequenceShards: Int { sequenceParallel ? tensor : 1 }

  /// Devices that share work or tensors of a layer function.
  ///
  /// Routed experts count with the tensor-parallel ones: with balanced routing a device receives as many tokens as it
  /// sends away.
  func shards(_ sharding: Sharding) -> Int {
    switch sharding {
    case .replicated: 1
    case .sequence: sequenceShards
    case .tensor, .keyValueHeads, .expert: tensor
    }
  }

  /// The fraction of the keys and values that a device has: whole heads, at least one.
  func keyValueShare(heads: Int) -> Double {
    heads >= tensor && heads % tensor == 0 ? 1 / Double(tensor) : Double((heads - 1) / tensor + 1) / Double(heads)
  }
}
