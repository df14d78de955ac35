import LayerRuntime
import Tensors

/// Makes the contents of a file of test vectors from a seed.
struct VectorFileMaker {
  var shape: LayerShape
  var convention: Convention
  var layers: Int
  var seed: UInt64
  var magnitudes = Magnitudes()

  /// How large inputs are.
  ///
  /// Conventions that differ by an epsilon, a form of the RMS or an iteration give the same numbers to
  /// 1e-5 on ordinary ones.
  struct Magnitudes {
    /// Standard deviation of the streams.
    var streams = 1.0
    /// About that of the logits of H_res.
    var logits = 1.0
    /// Added to the bias of H_pre.
    var preBias = 0.0
  }

  /// Inputs, results and metadata.
  func file() throws(RuntimeError) -> TensorFile {
    let (T, n, C) = (shape.tokens, shape.streams, shape.channels)
    let w = n * n + 2 * n
    var numbers = InputNumbers(state: seed)
    // Logits of standard deviation 1: the projection of a normalised token by rows of length 1.
    let parts = (0..<layers).map { _ in
      let phi = numbers.normals(w * n * C, scale: 1 / Double(n * C).squareRoot())
      var bias = numbers.normals(w, scale: 0.3)
      for stream in 0..<n { bias[stream] = Double(Float(bias[stream] + magnitudes.preBias)) }
      return ConnectionVectors.Layer(
        phi: phi, alpha: [1, 0.9, 1.1 * magnitudes.logits].map { Double(Float($0)) }, bias: bias,
        weight: numbers.normals(C * C, scale: 1 / Double(C).squareRoot()))
    }
    let vectors = try ConnectionVectors(
      shape: shape, convention: convention, layers: parts, x: numbers.normals(T * n * C, scale: magnitudes.streams),
      gradOut: numbers.normals(T * n * C))
    var file = TensorFile(metadata: metadata)
    func add(_ name: String, _ shape: [Int], _ values: [Double]) {
      file.tensors[name] = StoredTensor(shape: shape, values: values, format: .float32)
    }
    add("in.X", [T, n, C], vectors.x)
    add("in.g_out", [T, n, C], vectors.gradOut)
    for (index, part) in parts.enumerated() {
      let prefix = layers == 1 ? "in." : "in.\(index)."
      add(prefix + "fn", [w, n * C], part.phi)
      add(prefix + "alpha", [3], part.alpha)
      add(prefix + "bias", [w], part.bias)
      add(prefix + "W", [C, C], part.weight)
    }
    for (name, result) in try vectors.results(.reference) {
      file.tensors[name] = StoredTensor(shape: result.shape, values: result.values, format: .float64)
    }
    return file
  }

  private var metadata: [String: String] {
    var texts = [
      "T": "\(shape.tokens)", "n": "\(shape.streams)", "C": "\(shape.channels)", "seed": "\(seed)",
      "orient": convention.orientation.rawValue, "sink": convention.sinkhorn.rawValue,
      "iters": "\(convention.iterations)", "sink_eps": "\(convention.sinkhornEpsilon)",
      "rms": convention.rootMeanSquare.rawValue, "rms_eps": "\(convention.rootMeanSquareEpsilon)",
      "pre_eps": "\(convention.preEpsilon)", "post_mult": "\(convention.postMultiplier)",
    ]
    if layers > 1 { texts["layers"] = "\(layers)" }
    return texts
  }
}

/// Reproducible numbers: SplitMix64, and sums of twelve uniforms for a normal distribution.
private struct InputNumbers {
  var state: UInt64

  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  mutating func normals(_ count: Int, scale: Double = 1) -> [Double] {
    (0..<count).map { _ in Double(Float(((0..<12).reduce(0.0) { sum, _ in sum + uniform() } - 6) * scale)) }
  }
}
