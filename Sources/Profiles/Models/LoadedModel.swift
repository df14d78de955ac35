public import CostModel

/// A model as it was read, with what the reader has to tell about it.
public struct LoadedModel: Hashable, Sendable {
  /// The sizes.
  public var shape: ModelShape
  /// Where they were read from.
  public var origin: ProfileOrigin
  /// Keys that may matter and were not taken into account.
  public var warnings: [ProfileWarning]
  /// What was assumed where the file does not say, and what of the file a plan leaves out; one sentence each.
  public var notes: [String]
  /// Parameter counts that the model's makers printed; nil where the file tells none.
  public var published: PublishedParameters?

  /// A model with what was told about it.
  public init(
    shape: ModelShape, origin: ProfileOrigin, warnings: [ProfileWarning] = [], notes: [String] = [],
    published: PublishedParameters? = nil
  ) {
    self.shape = shape
    self.origin = origin
    self.warnings = warnings
    self.notes = notes
    self.published = published
  }
}

/// Parameter counts that a model's makers printed, to compare ours with.
public struct PublishedParameters: Hashable, Sendable {
  /// All parameters.
  public var total: Count
  /// Parameters that one token passes through; nil where none was printed.
  public var active: Count?

  /// A count as it was printed.
  public struct Count: Hashable, Sendable {
    /// The number, zeros after its last printed digit.
    public var parameters: Int
    /// Digits that were printed: 3 for 2.97B.
    public var significantDigits: Int
    /// Where it was printed.
    public var source: String

    /// A count as it was printed.
    public init(parameters: Int, significantDigits: Int, source: String) {
      self.parameters = parameters
      self.significantDigits = significantDigits
      self.source = source
    }
  }

  /// Counts as they were printed.
  public init(total: Count, active: Count?) {
    self.total = total
    self.active = active
  }
}
