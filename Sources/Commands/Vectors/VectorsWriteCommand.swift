import ArgumentParser
import FoundationEssentials
import LayerRuntime
import Messages
import Tensors

/// Writes a file of test vectors.
struct VectorsWriteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write",
    abstract: "Write a file of test vectors, computed in double precision by the reference.",
    discussion: """
      Example: mhc-plan vectors write --out small.safetensors --streams 4 --channels 64 --tokens 16 --convention deepseek-v4

      Inputs are float32, results float64; the convention is in the file's metadata. The same seed gives the same bytes.

      On ordinary inputs a wrong epsilon or one iteration too few stays below the tolerance of check. Streams of 0.001 show the \
      form and the epsilon of the RMS norm, logits of 6 the iterations and their order, --pre-bias=-9 the epsilon of H_pre.
      """)

  @Option(help: ArgumentHelp("The file to write; it is replaced whole.", valueName: "file.safetensors")) var out: String
  @Option(help: "Residual streams n, 1 to 16.") var streams = 4
  @Option(help: "Channels C, 1 to 4096.") var channels = 64
  @Option(help: "Tokens T, 0 to 4096.") var tokens = 16
  @Option(help: "Seed of the random inputs.") var seed: UInt64 = 1
  @Option(help: "Connections in a row, 1 to 100.") var layers = 1
  @Option(help: "Standard deviation of the streams, 1e-6 to 1e6.") var streamScale = 1.0
  @Option(help: "Standard deviation of the logits of H_res, about, 0 to 20.") var logitScale = 1.0
  @Option(help: "Added to the bias of H_pre, -20 to 20.") var preBias = 0.0
  @Option(help: ArgumentHelp("paper, deepseek-v4, megatron, liger or transformer-engine.", valueName: "name"))
  var convention = "deepseek-v4"

  func validate() throws {
    try Check.range(streams, 1...16, "--streams")
    try Check.range(channels, 1...4096, "--channels")
    try Check.range(tokens, 0...4096, "--tokens")
    try Check.range(layers, 1...100, "--layers")
    func check(_ value: Double, _ range: ClosedRange<Double>, _ option: String) throws {
      guard range.contains(value) else {
        throw ValidationError("\(option): expected \(range.lowerBound) to \(range.upperBound), found \(value)")
      }
    }
    try check(streamScale, 1e-6...1e6, "--stream-scale")
    try check(logitScale, 0...20, "--logit-scale")
    try check(preBias, -20...20, "--pre-bias")
    guard Convention.named.contains(where: { $0.name == convention }) else {
      let known = Convention.named.map(\.name).joined(separator: ", ")
      throw ValidationError("--convention: expected one of \(known), found \(convention)")
    }
    // The product with φ is done by plain loops: keep it under about a minute.
    let work = tokens * layers * streams * channels * (streams * streams + 2 * streams + channels)
    guard work <= 20_000_000_000 else {
      throw ValidationError(
        "--tokens: expected a case that plain loops finish, found \(work) products; take fewer tokens")
    }
    let weights = (streams * streams + 2 * streams) * streams * channels + channels * channels
    let numbers = 2 * layers * weights + (4 + 2 * layers) * tokens * streams * channels
    guard numbers <= Self.mostNumbers else {
      throw ValidationError(
        "--channels: expected a case of at most \(Self.mostNumbers) numbers, found \(numbers); take fewer, or fewer layers"
      )
    }
  }

  /// The most numbers of a case, inputs and results: in double precision half of the largest file that `check` takes.
  private static let mostNumbers = 1 << 26

  func run() throws {
    guard let chosen = Convention.named.first(where: { $0.name == convention })?.convention else { return }
    let target = try OutputFile(out)
    do {
      let shape = try LayerShape(tokens: tokens, streams: streams, channels: channels)
      let file = try VectorFileMaker(
        shape: shape, convention: chosen, layers: layers, seed: seed,
        magnitudes: .init(streams: streamScale, logits: logitScale, preBias: preBias)
      ).file()
      try target.write(Data(file.bytes))
      Console.printMessage("wrote \(shortened(out, to: 200)): \(file.tensors.count) tensors")
    } catch let error as RuntimeError {
      throw CommandFailure("\(error)", status: .failure)
    }
  }
}
