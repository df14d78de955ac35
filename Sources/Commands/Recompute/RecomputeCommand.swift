import ArgumentParser

/// The recompute blocks of one stage.
struct RecomputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recompute",
    abstract: "The recompute blocks of one stage: Eq. 20, the best single size, the best uneven blocks.",
    discussion: """
      Example: mhc-plan recompute --layers 60 --streams 4 --saved 10

      Sizes are in channels: multiples of C elements a token. Blocks never cross a pipeline stage: give the layers of \
      one stage. With --budget, also what to recompute at all so that the least is recomputed that fits; exit code 2 \
      when nothing fits.
      """)

  @Option(help: "Residual layers L of the stage, two a Transformer layer, 1 to 4096.") var layers: Int
  @Option(help: "Residual streams n, 1 to 1024.") var streams: Int
  @Option(help: "Channels F that one layer function keeps for its backward pass, its output included, 0 to 1000000.")
  var saved = 1
  @Option(help: "Microbatches M in flight, 1 to 1000000.") var inFlight = 1
  @Option(help: ArgumentHelp("The most that the stage may hold.", valueName: "channels")) var budget: Int?
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    try Check.range(layers, 1...4096, "--layers")
    try Check.range(streams, 1...1024, "--streams")
    try Check.range(saved, 0...1_000_000, "--saved")
    try Check.range(inFlight, 1...1_000_000, "--in-flight")
    if let budget { try Check.range(budget, 0...1 << 53, "--budget") }
  }

  func run() throws {
    let request = RecomputeRequest(
      layers: layers, streams: streams, saved: saved, inFlight: inFlight, budgetChannels: budget)
    let document = try RecomputeDocument(request)
    try Console.printResult(json ? document.jsonText() : RecomputeText(document: document).text)
    if let budget, document.withinBudget == nil {
      throw CommandFailure(
        "nothing fits in \(budget) channels: the lowest peak is \(document.uneven.peakChannels)", status: .doesNotFit)
    }
  }
}
