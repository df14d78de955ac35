public import CostModel
package import Quantities
public import Schedules

/// How the model is trained, apart from its layout.
public struct TrainingSetup: Hashable, Sendable {
  /// How layer functions are joined to the stream.
  public var connection: Connection
  /// n.
  public var streams: Int
  /// How far the connection's operations are fused.
  public var fusion: Fusion
  /// Formats of streams and activations.
  public var precision: Precision
  /// The format that the layer function's matrix products compute in.
  public var matrixFormat: MatrixFormat
  /// Storage of a weight.
  public var weightFormat: NumberFormat
  /// Storage of a gradient.
  public var gradientFormat: NumberFormat
  /// The optimizer's state.
  public var optimizer: Optimizer
  /// What is sharded over the data-parallel devices.
  public var zeroStage: ZeroStage
  /// What the layer functions keep for their backward pass.
  public var layerRecompute: RecomputeLevel
  /// What becomes of the streams and layer inputs.
  public var streamRecompute: StreamRecompute
  /// Whether recompute keeps the coefficients.
  public var coefficients: CoefficientPolicy
  /// Memory of a device that a plan may not use.
  public var reserve: Reserve
  /// What runs beside what.
  public var overlap: OverlapOptions

  /// A setup; what is left out is what most runs use.
  public init(
    connection: Connection, streams: Int, fusion: Fusion, precision: Precision = Precision(),
    matrixFormat: MatrixFormat = .bfloat16, weightFormat: NumberFormat = .bfloat16,
    gradientFormat: NumberFormat = .float32, optimizer: Optimizer = .adamW, zeroStage: ZeroStage = .optimizer,
    layerRecompute: RecomputeLevel = .none, streamRecompute: StreamRecompute = .auto,
    coefficients: CoefficientPolicy = .kept, reserve: Reserve = .fraction(thousandths: 50),
    overlap: OverlapOptions = OverlapOptions()
  ) {
    self.connection = connection
    self.streams = streams
    self.fusion = fusion
    self.precision = precision
    self.matrixFormat = matrixFormat
    self.weightFormat = weightFormat
    self.gradientFormat = gradientFormat
    self.optimizer = optimizer
    self.zeroStage = zeroStage
    self.layerRecompute = layerRecompute
    self.streamRecompute = streamRecompute
    self.coefficients = coefficients
    self.reserve = reserve
    self.overlap = overlap
  }
}

/// State that an optimizer keeps for a parameter, its fp32 copy included where weights are stored in less.
public enum Optimizer: String, CaseIterable, Hashable, Sendable {
  /// Two moments in fp32.
  case adamW = "adamw"
  /// Two moments in bf16, as DeepSeek-V3 was trained.
  case adamWBFloat16 = "adamw-bf16"
  /// One momentum in fp32 for matrices, AdamW for everything else, as DeepSeek-V4 was trained.
  case muon

  /// Bytes of the moments of one parameter.
  /// - Parameter isMatrix: whether the parameter belongs to a matrix other than the embedding or the head.
  /// - Returns: bytes.
  public func momentBytes(isMatrix: Bool) -> Int {
    switch self {
    case .adamW: 8
    case .adamWBFloat16: 4
    case .muon: isMatrix ? 4 : 8
    }
  }
}

/// What is sharded over data-parallel devices.
///
/// - Source: ZeRO (arXiv:1910.02054) §5.
public enum ZeroStage: Int, CaseIterable, Hashable, Sendable {
  /// Nothing.
  case none = 0
  /// Optimizer state.
  case optimizer = 1
  /// Optimizer state and gradients.
  case gradients = 2
  /// Optimizer state, gradients and weights.
  case weights = 3
}

/// What becomes of the streams and layer inputs between forward and backward.
public enum StreamRecompute: Hashable, Sendable {
  /// The least recompute that fits; the lowest peak when nothing fits.
  case auto
  /// Everything is kept.
  case stored
  /// Blocks of the paper's size, Eq. 20.
  case paper
  /// Blocks of one size, the best on the timeline.
  case uniform
  /// Blocks of any sizes, the lowest peak: of each part of the model by itself, where a stage holds several or puts off gradients
  /// of weights.
  case uneven
  /// Blocks of a given number of residual layers.
  case blocks(ofLayers: Int)
  /// As many blocks of a given number of residual layers at the front of every part of the model; its other layers and
  /// prediction modules are kept.
  case leading(blocks: Int, ofLayers: Int)

  /// The policy of the residual that a connection under this one is compared with.
  ///
  /// Making streams again is part of what a connection costs, so a residual does it only where it must to fit. Layer functions that
  /// are run again would be with a residual too, and where nothing is recomputed nothing is in either.
  ///
  /// - Parameter level: what layer functions run again.
  /// - Returns: a policy.
  package func ofResidual(_ level: RecomputeLevel) -> StreamRecompute {
    self == .stored || level == .full ? self : .auto
  }

  /// Whether nothing is searched: no other choice is under the same policy.
  var isGiven: Bool {
    switch self {
    case .stored, .paper, .blocks, .leading: true
    case .auto, .uniform, .uneven: false
    }
  }
}

/// Memory that a plan may not use: for the framework's context, communication and fragmentation.
public enum Reserve: Hashable, Sendable {
  /// Thousandths of the device's memory, 0 to 1000.
  case fraction(thousandths: Int)
  /// Bytes.
  case bytes(Int)

  /// What is not to be used of a device's memory, rounded down.
  ///
  /// - Parameter capacity: the memory.
  /// - Returns: bytes.
  /// - Throws: `OverflowError` for a fraction out of range.
  package func size(of capacity: Bytes) throws(OverflowError) -> Bytes {
    switch self {
    case .bytes(let count): return Bytes(count)
    case .fraction(let thousandths):
      // Thousandths of thousands and of the rest: the product of both could leave 64 bits.
      let (thousands, rest) = capacity.count.quotientAndRemainder(dividingBy: 1000)
      return try Bytes(product("reserve", thousands, thousandths)) + Bytes(product("reserve", rest, thousandths) / 1000)
    }
  }
}
