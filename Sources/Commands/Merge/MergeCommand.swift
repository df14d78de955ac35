import ArgumentParser
import Search

/// The parts of a search, put together.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "The result of a search from the JSON lines of its parts.",
    discussion: """
      Example: mhc-plan merge part-*.jsonl

      Takes the lines of 'search --jsonl --shard I/N' of all N parts, in any order, and prints what the search prints \
      that is not cut. A part that is missing, there twice, interrupted, or of another search is an error.
      """)

  @Argument(help: ArgumentHelp("Files, or - for stdin.", valueName: "FILES")) var files = ["-"]
  @Flag(help: "Print one JSON document.") var json = false

  func run() throws {
    if files.filter({ $0 == "-" }).count > 1 {
      throw ValidationError("FILES: expected - once at most, found it more often")
    }
    let merged = try MergedParts(files.flatMap { try PartFile.lines($0) })
    let document = SearchDocument(merged.header, merged.findings, merged.tally, merged.entries)
    let text = try json ? document.jsonText() : SearchText(document).text
    for warning in document.warnings { Console.printMessage("mhc-plan: warning: \(warning)") }
    try Console.printResult(text)
    if merged.findings.best.isEmpty { throw ExitCode(ExitStatus.doesNotFit.rawValue) }
  }
}
