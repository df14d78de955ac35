/// One tensor of a file: its shape and its values, widened to double precision.
public struct StoredTensor: Hashable, Sendable {
  /// The sizes of its dimensions, the slowest first.
  public var shape: [Int]
  /// Its values, row by row.
  public var values: [Double]
  /// How the values are stored.
  public var format: Format

  /// The formats of the safetensors format that we read and write.
  public enum Format: String, CaseIterable, Hashable, Sendable {
    case float64 = "F64"
    case float32 = "F32"
    case bfloat16 = "BF16"

    /// Bytes of one value.
    public var bytes: Int {
      switch self {
      case .float64: 8
      case .float32: 4
      case .bfloat16: 2
      }
    }
  }

  /// A tensor of these values.
  /// - Precondition: as many values as the shape has places.
  public init(shape: [Int], values: [Double], format: Format) {
    precondition(shape.reduce(1, *) == values.count)
    self.shape = shape
    self.values = values
    self.format = format
  }
}

/// The contents of a safetensors file: named tensors and a table of texts.
public struct TensorFile: Hashable, Sendable {
  /// The tensors by name.
  public var tensors: [String: StoredTensor]
  /// The texts of `__metadata__`.
  public var metadata: [String: String]

  /// A file of these contents.
  public init(tensors: [String: StoredTensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }
}
