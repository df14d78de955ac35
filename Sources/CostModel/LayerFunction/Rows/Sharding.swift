/// How a parameter, a tensor or the work of a layer function divides over the devices that share a layer.
public enum Sharding: String, CaseIterable, Hashable, Sendable {
  /// Whole on every device.
  case replicated
  /// Divided over the tensor-parallel devices.
  case tensor
  /// Divided over the tensor-parallel devices by key-value heads; where there are more devices than heads, several hold
  /// the same head.
  /// - Source: Megatron-LM megatron/core/transformer/attention.py, `num_query_groups_per_partition`.
  case keyValueHeads
  /// Divided over the tensor-parallel devices by tokens, but only where sequence parallelism is on.
  case sequence
  /// Parameters divided over the expert-parallel devices.
  ///
  /// Only parameters: with balanced routing a device works on as many (token, expert) pairs as it sends away, whatever
  /// the expert-parallel size, so the work and the saved tensors of routed experts are ``tensor`` or ``sequence``.
  case expert
}
