import CostModel
import Planner
import Schedules
import Search

/// The command line of `plan` that gives a candidate's plan.
struct PlanCommandLine {
  /// MODEL and --hardware as they were given to `search`.
  let model: String
  let hardware: String

  /// The command line: what a search varies is always there, the rest where it is not the default.
  func text(_ layout: Layout, _ setup: TrainingSetup) -> String {
    var words = ["mhc-plan", "plan", Self.quoted(model), "--hardware", Self.quoted(hardware)]
    func add(_ option: String, _ value: some CustomStringConvertible) { words += [option, value.description] }
    func add<Value: Equatable>(_ option: String, _ value: Value, unless standard: Value, _ text: String) {
      if value != standard { words += [option, text] }
    }
    add("--data", layout.data)
    add("--tensor", layout.tensor)
    add("--pipeline", layout.pipeline)
    add("--expert", layout.expert)
    add("--context", layout.context)
    add("--microbatch", layout.microbatch)
    add("--sequence", layout.sequence)
    add("--global-batch", layout.globalBatch)
    add("--schedule", layout.schedule.rawValue)
    if layout.schedule.fixedChunks == nil { add("--chunks", layout.chunks) }
    if !layout.sequenceParallel { words.append("--no-sequence-parallel") }
    add("--connection", setup.connection.rawValue)
    add("--streams", setup.streams)
    add("--fusion", setup.fusion.rawValue)
    add("--zero", setup.zeroStage.rawValue)
    add("--layer-recompute", setup.layerRecompute.rawValue)
    add("--recompute", setup.streamRecompute.argument)
    let streamFormat = setup.precision.stream
    add("--stream-format", streamFormat, unless: .bfloat16, streamFormat.rawValue)
    add("--matrix-format", setup.matrixFormat, unless: .bfloat16, setup.matrixFormat.rawValue)
    add("--weight-format", setup.weightFormat, unless: .bfloat16, setup.weightFormat.rawValue)
    add("--gradient-format", setup.gradientFormat, unless: .float32, setup.gradientFormat.rawValue)
    add("--optimizer", setup.optimizer, unless: .adamW, setup.optimizer.rawValue)
    add("--coefficients", setup.coefficients, unless: .kept, setup.coefficients.rawValue)
    add("--reserve", setup.reserve, unless: .fraction(thousandths: 50), setup.reserve.argument)
    return (words + setup.overlap.flags).joined(separator: " ")
  }

  /// The word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_./@%+,:=".utf8.contains(byte)
    }
    if plain, !word.isEmpty { return word }
    // The replacement ends the quotes, adds one that is escaped, and begins them again.
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
