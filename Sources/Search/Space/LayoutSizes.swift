/// Sizes that a layout may have, a list an option; nil for every size that the devices and the batch allow.
public struct LayoutSizes: Hashable, Sendable {
  /// d: replicas of the model.
  public var data: [Int]?
  /// t: devices that share every matrix product.
  public var tensor: [Int]?
  /// p: pipeline stages.
  public var pipeline: [Int]?
  /// e: devices that share the experts.
  public var expert: [Int]?
  /// c: devices that share the tokens of a sequence.
  public var context: [Int]?
  /// Sequences of a microbatch.
  public var microbatch: [Int]?

  /// Lists of sizes; what is left out is free.
  public init(
    data: [Int]? = nil, tensor: [Int]? = nil, pipeline: [Int]? = nil, expert: [Int]? = nil, context: [Int]? = nil,
    microbatch: [Int]? = nil
  ) {
    self.data = data
    self.tensor = tensor
    self.pipeline = pipeline
    self.expert = expert
    self.context = context
    self.microbatch = microbatch
  }
}
