/// One connection by plain loops: the oracle that the fast implementations are tested against.
///
/// It runs one row of the unfused ledger at a time, by the row's name, with any scalar: `Double` for values,
/// ``CountingScalar`` for counts. Nothing is vectorised, blocked or reordered.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (3) to (5), (7) to (9), and Table 2 for the rows. The backward is derived here.
public final class ReferenceConnection<Scalar: LayerScalar> {
  /// One row of the unfused ledger.
  public enum Row: String, CaseIterable, Sendable {
    case coefficients
    case preMix = "pre-mix"
    case post
    case resMix = "res-mix"
    case merge
    case mergeBackward = "merge backward"
    case resMixBackward = "res-mix backward"
    case postBackward = "post backward"
    case preMixBackward = "pre-mix backward"
    case coefficientsBackward = "coefficients backward"
    case accumulatePre = "accumulate pre"
    case accumulateCoefficients = "accumulate coef"
  }

  /// The connection.
  public let kind: ConnectionKind
  /// Its sizes.
  public let shape: LayerShape
  /// Its convention.
  public let convention: Convention

  /// x: streams, [T, n, C].
  public let x: ReferenceTensor<Scalar>
  /// φ: [w, nC] for mHC, θ: [n+2, C] for HC; rows pre, post, res.
  public let phi: ReferenceTensor<Scalar>
  /// α: pre, post, res.
  public let alpha: ReferenceTensor<Scalar>
  /// b: pre, post, res.
  public let bias: ReferenceTensor<Scalar>
  /// y: the layer function's output, [T, C].
  public let y: ReferenceTensor<Scalar>
  /// ∂x': the gradient of the next streams, [T, n, C].
  public let gradNext: ReferenceTensor<Scalar>
  /// ∂u: what the layer function hands back, [T, C].
  public let gradU: ReferenceTensor<Scalar>

  /// What a run makes, by the ledger's name of it.
  public private(set) var made: [String: ReferenceTensor<Scalar>] = [:]

  /// A connection and its inputs; those left out are zeros.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``; ``RuntimeError/invalid(_:expected:found:)`` for a residual of
  ///   more than one stream.
  public init(
    _ kind: ConnectionKind, _ shape: LayerShape, _ convention: Convention, x: [Double], phi: [Double] = [],
    alpha: [Double] = [], bias: [Double] = [], y: [Double]? = nil, gradNext: [Double]? = nil, gradU: [Double]? = nil
  ) throws(RuntimeError) {
    let (T, n, C) = (shape.tokens, shape.streams, shape.channels)
    guard kind != .residual || n == 1 else {
      throw .invalid("streams", expected: "1 with a residual connection", found: "\(n)")
    }
    try convention.check()
    let sizes = ConnectionSizes(kind, shape)
    func tensor(_ name: String, _ values: [Double]?, _ count: Int) throws(RuntimeError) -> ReferenceTensor<Scalar> {
      guard let values else { return ReferenceTensor(name, count: count) }
      guard values.count == count else { throw .length(name, expected: count, found: values.count) }
      return ReferenceTensor(name, values.map { Scalar($0) })
    }
    self.kind = kind
    self.shape = shape
    self.convention = convention
    self.x = try tensor("x", x, T * n * C)
    self.phi = try tensor("phi", phi, sizes?.weights ?? 0)
    self.alpha = try tensor("alpha", alpha, sizes?.scales ?? 0)
    self.bias = try tensor("b", bias, sizes?.coefficients ?? 0)
    self.y = try tensor("y", y, T * C)
    self.gradNext = try tensor("grad x'", gradNext, T * n * C)
    self.gradU = try tensor("grad u", gradU, T * C)
  }

  /// The rows before the layer function, in order.
  public var rowsBeforeLayer: [Row] { kind == .residual ? [] : [.coefficients, .preMix] }
  /// The rows after it.
  public var rowsAfterLayer: [Row] { kind == .residual ? [.merge] : [.post, .resMix, .merge] }
  /// The backward rows before the layer function's own backward.
  public var backwardRowsBeforeLayer: [Row] { kind == .residual ? [] : [.resMixBackward, .postBackward] }
  /// The backward rows after it.
  public var backwardRowsAfterLayer: [Row] {
    kind == .residual
      ? [.mergeBackward] : [.preMixBackward, .coefficientsBackward, .accumulatePre, .accumulateCoefficients]
  }

  /// Runs one row on all tokens.
  public func run(_ row: Row) {
    switch row {
    case .coefficients: kind == .hyper ? hyperCoefficients() : manifoldCoefficients()
    case .preMix: preMix()
    case .post: post()
    case .resMix: resMix()
    case .merge: merge()
    case .mergeBackward: sum(gradNext, gradU, into: "grad x")
    case .resMixBackward: resMixBackward()
    case .postBackward: postBackward()
    case .preMixBackward: preMixBackward()
    case .coefficientsBackward: kind == .hyper ? hyperCoefficientsBackward() : manifoldCoefficientsBackward()
    case .accumulatePre: sum(tensor("grad x"), tensor("grad x, pre"), into: "grad x")
    case .accumulateCoefficients: sum(tensor("grad x"), tensor("grad x, coef"), into: "grad x")
    }
  }

  /// Runs these rows in order.
  public func run(_ rows: [Row]) { rows.forEach { run($0) } }

  /// A tensor that an earlier row has made.
  func tensor(_ name: String) -> ReferenceTensor<Scalar> {
    guard let tensor = made[name] else { preconditionFailure("\(name) is needed before a row has made it") }
    return tensor
  }

  /// A tensor that a row is about to make; the old one where it is there, so that its trace goes on.
  func make(_ name: String, count: Int) -> ReferenceTensor<Scalar> {
    if let tensor = made[name], tensor.count == count { return tensor }
    let tensor = ReferenceTensor<Scalar>(name, count: count)
    made[name] = tensor
    return tensor
  }

  /// Every tensor, inputs included.
  public var allTensors: [ReferenceTensor<Scalar>] {
    [x, phi, alpha, bias, y, gradNext, gradU] + made.values
  }
}
