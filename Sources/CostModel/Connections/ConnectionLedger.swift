/// What one connection costs around one layer function, per token.
///
/// The layer function itself is not in it; its pre-norm is only where ``coversPreNorm`` says so.
public struct ConnectionLedger: Hashable, Sendable {
  /// The connection.
  public var connection: Connection
  /// How it is cut into kernels.
  public var fusion: Fusion
  /// Learned scalars of one connection.
  public var parameters: Formula
  /// The forward pass.
  public var forward: PassLedger
  /// The backward pass, everything it needs being at hand.
  public var backward: PassLedger
  /// Making again what a recompute block has dropped.
  public var recompute: RecomputeLedger
  /// What the backward pass needs.
  public var saved: [SavedTensor]
  /// Whether the forward pass includes the pre-norm of the layer function, as the most fused kernels do.
  public var coversPreNorm: Bool

  /// The ledger of `connection` at one level of fusion.
  ///
  /// - Parameters:
  ///   - connection: the connection.
  ///   - fusion: one of the connection's `fusions`.
  ///   - coefficients: what recompute does about H_pre, H_post and H_res.
  /// - Returns: the ledger; nil where the connection does not exist at that level.
  public static func of(
    _ connection: Connection, fusion: Fusion, coefficients: CoefficientPolicy = .kept
  ) -> ConnectionLedger? {
    guard connection.fusions.contains(fusion) else { return nil }
    guard let generator = CoefficientGenerator.of(connection) else { return .residual }
    return switch fusion {
    case .eager: generator.eagerLedger(connection)
    case .unfused: generator.unfusedLedger(connection, coefficients)
    case .paper: generator.paperLedger(connection, coefficients)
    case .twoPass: generator.twoPassLedger(connection, coefficients)
    case .singlePass: generator.singlePassLedger(connection, coefficients)
    }
  }
}

/// Whether the coefficients are kept from the forward pass or made again.
///
/// The paper re-executes "the mHC kernels" and leaves the coefficients out of its table; the kernels DeepSeek
/// released and Megatron-LM both keep them, with the projection they come from: 4 (2 (n²+2n) + 1) bytes a token. So `kept`
/// is the default.
public enum CoefficientPolicy: String, CaseIterable, Hashable, Sendable {
  /// Kept in fp32; recompute reads them.
  case kept
  /// Dropped; recompute runs the projection and the coefficient kernels again.
  case recomputed
}

/// The three parts of recomputing a block of layers.
public struct RecomputeLedger: Hashable, Sendable {
  /// Run once a block, at its first layer, whose stream is held.
  public var perBlock: PassLedger
  /// Run for every layer.
  public var perLayer: PassLedger
  /// Run for every layer but a block's last, whose output stream nobody needs.
  public var perInnerLayer: PassLedger

  init(perBlock: [Operation] = [], perLayer: [Operation] = [], perInnerLayer: [Operation] = []) {
    self.perBlock = PassLedger(perBlock)
    self.perLayer = PassLedger(perLayer)
    self.perInnerLayer = PassLedger(perInnerLayer)
  }

  /// The rows of one layer inside a block.
  public var innerLayer: PassLedger { PassLedger(perLayer.operations + perInnerLayer.operations) }
}

/// A tensor that the backward pass needs, and what becomes of it when blocks are recomputed.
public struct SavedTensor: Hashable, Sendable {
  /// The tensor, with elements a token.
  public var tensor: TensorAccess
  /// When it is held.
  public var lifetime: Lifetime

  /// When a saved tensor is held, the rows of the paper's Table 3.
  public enum Lifetime: String, Hashable, Sendable {
    /// From forward to backward in every layer, recompute or not.
    case everyLayer
    /// The stream: the first of a block from forward to backward, the others while the block is recomputed.
    case stream
    /// Only while its block is recomputed.
    case transient
  }

  init(_ tensor: String, _ tensorClass: TensorClass, _ elements: Formula, _ lifetime: Lifetime) {
    self.tensor = TensorAccess(tensor, tensorClass, elements)
    self.lifetime = lifetime
  }
}
