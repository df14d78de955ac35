import ArgumentParser
import CostModel
import FoundationEssentials
import FrameworkSettings
import Planner
import Profiles

/// A whole model on one kind of device.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "What a training step takes with hyper-connections: memory, time, recompute blocks, and whether it fits.",
    discussion: """
      Example: mhc-plan plan deepseek-v4-flash --hardware b200 --pipeline 4 --expert 64 --sequence 8192

      MODEL is a built-in model, a model profile, or a Hugging Face config.json; - reads it from stdin. Exits with 0 if \
      the plan fits, 2 if it does not.
      """)

  @Argument(help: ArgumentHelp("A built-in model, a file, or - for stdin.", valueName: "MODEL")) var model: String
  @Option(help: "A built-in device, or a file.") var hardware: String
  @OptionGroup(title: "Layout") var layout: LayoutOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @Option(
    help: ArgumentHelp("Print one figure's formula, terms and sources; 'list' names the figures.", valueName: "figure"))
  var explain: String?
  @Option(
    help: ArgumentHelp(
      "Print the plan as settings of megatron (megatron-main), megatron-dev, megatron-bridge or mindspeed, ready to paste.",
      valueName: "framework"))
  var emit: Framework?
  @Option(help: ArgumentHelp("Write the step as a Chrome trace, which Perfetto opens.", valueName: "file"))
  var trace: String?
  @Flag(help: "Print the step as lines of letters, a line a stage.") var timeline = false
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    if model == "-", hardware == "-" {
      throw ValidationError("--hardware: expected a name or a file, as MODEL is read from stdin, found '-'")
    }
    if emit != nil, explain != nil { throw ValidationError("--emit: expected it without --explain, found both") }
    if timeline, json || explain != nil || emit != nil {
      throw ValidationError("--timeline: expected it without --json, --explain and --emit, found one of them")
    }
  }

  /// The plan that the options ask for.
  func plan(_ loaded: LoadedModel, on device: Hardware) throws -> (planner: Planner, plan: Plan) {
    let layout = try self.layout.resolve(for: loaded.shape)
    let planner = try Planner(
      model: loaded.shape, hardware: device, setup: training.resolve(for: loaded.shape), sequence: layout.sequence)
    return (planner, try planner.plan(layout))
  }

  func run() throws {
    let traceFile = try trace.map { try OutputFile($0, option: "--trace") }
    let loaded = try ModelSource.load(model)
    let device = try HardwareSource.load(hardware)
    let (planner, plan) = try plan(loaded, on: device)
    let settings = try emit.map { try FrameworkSettings(for: $0, planner, plan) }
    let step = trace != nil || timeline ? try planner.timeline(of: plan) : nil
    let result: String
    if let step, timeline {
      result = TimelineText(step).text
    } else if let explain {
      result = try Explanation(planner, plan).text(of: explain)
    } else if let settings, !json {
      result = EmitText(settings: settings, model: loaded.shape.name, hardware: device.name).text
    } else {
      var document = try PlanDocument(loaded, planner, plan)
      document.emit = settings.map(EmitResult.init)
      result = try json ? document.jsonText() : PlanText(document).text
    }
    // Not before all is computed: an error is the only line on stderr.
    for warning in loaded.warnings { Console.printMessage("mhc-plan: warning: \(warning)") }
    if let traceFile, let step { try traceFile.write(Data(ChromeTrace.text(step).utf8)) }
    try Console.printResult(result)
    if !(settings?.nearest ?? plan).verdict.fits { throw ExitCode(ExitStatus.doesNotFit.rawValue) }
  }
}
