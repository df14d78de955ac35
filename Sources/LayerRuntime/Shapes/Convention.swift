/// How H_res is written: which index of H is the stream it makes.
///
/// Public implementations differ, and a matrix of one kind used as the other trains without an error. So a
/// ``Convention`` has no default for it, and every buffer of coefficients that the runtime hands out or takes is tied
/// to a convention.
public enum Orientation: String, CaseIterable, Hashable, Sendable {
  /// x'_o = Σ_i H[o,i] x_i: the paper's text, Megatron-LM, Liger.
  case outputByInput = "H"
  /// x'_o = Σ_i H[i,o] x_i: TileKernels, DeepSeek-V4's released code, TransformerEngine.
  case inputByOutput = "HT"
}

/// How Sinkhorn-Knopp starts and in which order it normalises.
public enum SinkhornForm: String, CaseIterable, Hashable, Sendable {
  /// softmax of the rows plus ε; columns; then (t−1) times rows and columns; every sum plus ε.
  case softmaxEpsilon = "softmax_eps"
  /// exp; t times rows, then columns; every sum at least ε.
  case expRowColumn = "exp_row_col"
  /// exp; t times columns, then rows; no ε: the paper's Eq. 9.
  case columnRow = "col_row"
  /// Row, then column, t times, on logarithms; no ε.
  case logarithmic = "log"
}

/// How ε enters the root mean square.
public enum RootMeanSquareForm: String, CaseIterable, Hashable, Sendable {
  /// r = √(mean x² + ε).
  case meanEpsilon = "mean_eps"
  /// r = √(mean x²) + ε.
  case normEpsilon = "norm_eps"
}

/// Everything in which published implementations of one connection differ.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (7) to (9), §4.2; Eq. (14) to (19), §4.3.1.
public struct Convention: Hashable, Sendable {
  /// How H_res is written.
  public var orientation: Orientation
  /// Start and order of Sinkhorn-Knopp.
  public var sinkhorn: SinkhornForm
  /// t: Sinkhorn-Knopp iterations, 1 to 1000.
  public var iterations: Int
  /// ε of Sinkhorn-Knopp, where its form has one.
  public var sinkhornEpsilon: Double
  /// How ε enters r.
  public var rootMeanSquare: RootMeanSquareForm
  /// ε of r.
  public var rootMeanSquareEpsilon: Double
  /// Added to H_pre after the sigmoid.
  public var preEpsilon: Double
  /// The factor of H_post: the paper's 2.
  public var postMultiplier: Double

  /// A convention; the orientation has no default on purpose.
  /// - Throws: ``RuntimeError/invalid(_:expected:found:)`` for iterations outside 1...1000, or an ε that is negative or
  ///   not finite.
  public init(
    orientation: Orientation, sinkhorn: SinkhornForm, iterations: Int = 20, sinkhornEpsilon: Double = 1e-6,
    rootMeanSquare: RootMeanSquareForm = .meanEpsilon, rootMeanSquareEpsilon: Double = 1e-6,
    preEpsilon: Double = 1e-6, postMultiplier: Double = 2
  ) throws(RuntimeError) {
    self.init(
      unchecked: orientation, sinkhorn, iterations, sinkhornEpsilon, rootMeanSquare, rootMeanSquareEpsilon, preEpsilon,
      postMultiplier)
    try check()
  }

  /// The same checks, for whoever is given a convention whose numbers were changed since it was made.
  func check() throws(RuntimeError) {
    guard (1...1000).contains(iterations) else {
      throw .invalid("iterations", expected: "1 to 1000", found: "\(iterations)")
    }
    for (name, value) in [("sink_eps", sinkhornEpsilon), ("rms_eps", rootMeanSquareEpsilon), ("pre_eps", preEpsilon)] {
      guard value.isFinite, value >= 0 else {
        throw .invalid(name, expected: "a finite number of at least 0", found: "\(value)")
      }
    }
    guard postMultiplier.isFinite else {
      throw .invalid("post_mult", expected: "a finite number", found: "\(postMultiplier)")
    }
  }

  private init(
    unchecked orientation: Orientation, _ sinkhorn: SinkhornForm, _ iterations: Int, _ sinkhornEpsilon: Double,
    _ rootMeanSquare: RootMeanSquareForm, _ rootMeanSquareEpsilon: Double, _ preEpsilon: Double,
    _ postMultiplier: Double
  ) {
    self.orientation = orientation
    self.sinkhorn = sinkhorn
    self.iterations = iterations
    self.sinkhornEpsilon = sinkhornEpsilon
    self.rootMeanSquare = rootMeanSquare
    self.rootMeanSquareEpsilon = rootMeanSquareEpsilon
    self.preEpsilon = preEpsilon
    self.postMultiplier = postMultiplier
  }

  /// The equations as printed: exp, columns before rows, H as written, no ε anywhere.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (8), (9), (15), §4.
  public static let paper = Convention(unchecked: .outputByInput, .columnRow, 20, 0, .meanEpsilon, 0, 0, 2)

  /// DeepSeek-V4's released code and TileKernels: softmax + ε, H transposed, ε = 1e-6 throughout.
  public static let deepSeekV4 = Convention(
    unchecked: .inputByOutput, .softmaxEpsilon, 20, 1e-6, .meanEpsilon, 1e-6, 1e-6, 2)

  /// Megatron-LM's main branch: rows before columns, H as written, ε added to the norm.
  public static let megatron = Convention(
    unchecked: .outputByInput, .expRowColumn, 20, 1e-6, .normEpsilon, 1e-6, 0, 2)

  /// Liger-Kernel: softmax + ε, H as written.
  public static let liger = Convention(
    unchecked: .outputByInput, .softmaxEpsilon, 20, 1e-6, .meanEpsilon, 1e-6, 0, 2)

  /// TransformerEngine: logarithms, H transposed.
  public static let transformerEngine = Convention(
    unchecked: .inputByOutput, .logarithmic, 20, 0, .meanEpsilon, 1e-6, 0, 2)

  /// The published conventions by name.
  public static let named: [(name: String, convention: Convention)] = [
    ("paper", .paper), ("deepseek-v4", .deepSeekV4), ("megatron", .megatron), ("liger", .liger),
    ("transformer-engine", .transformerEngine),
  ]
}
