import CostModel
import FoundationEssentials
import Planner
import Profiles
import Search

/// What all parts of a search have in common: enough, with their plans, to make its document.
struct SearchHeader: Codable, Hashable {
  var request: SearchRequestResult
  var assumptions: [String]
  var excluded: [String]
  var warnings: [String]
  /// Layouts that exist.
  var layouts: Int
  /// Settings tried on each, as asked.
  var settings: Int
  /// Candidates of all questions.
  var candidates: Int
  /// What is asked besides.
  var questions: [String]
  /// Why there are no layouts.
  var nearest: String?
  /// Digest of the model's sizes and the device's numbers, which the request only names.
  var inputs: String

  init(_ loaded: LoadedModel, _ hardware: Hardware, _ problem: SearchProblem, top: Int) throws {
    request = SearchRequestResult(loaded, hardware, problem, top: top)
    assumptions = SearchNotes.assumptions(loaded, problem)
    excluded = SearchNotes.excluded(hardware)
    warnings = loaded.warnings.map(\.description)
    layouts = problem.layouts.count
    settings = problem.settingCount
    candidates = problem.candidateCount
    questions = problem.space.questions.sorted().map(\.argument)
    nearest = problem.nearest?.description
    let device = try HardwareDocument(hardware, request: hardware.name).jsonText()
    inputs = Digest.of("\(loaded.shape)\n\(device)")
  }

  /// What tells this search from every other.
  var digest: String { get throws { Digest.of(try CanonicalJSON.text(self)) } }
}

/// A short name of a text: FNV-1a in 64 bits, against mistakes and not against forgers.
enum Digest {
  static func of(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The one spelling of a value as JSON: one line, keys sorted, no blanks.
enum CanonicalJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
