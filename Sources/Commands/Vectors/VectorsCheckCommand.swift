public import ArgumentParser
import FoundationEssentials
public import LayerRuntime

/// Checks a file of test vectors, or the real layer, against the other.
struct VectorsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Run the real layer on a file of test vectors and print the largest error of every tensor.",
    discussion: """
      Example: mhc-plan vectors check dsv4_small.safetensors --manifest manifest.json

      The error is the largest difference over the largest magnitude of the file's tensor. The exit code is 3 if any is \
      above the tolerance or not a number.
      """)

  @Argument(help: ArgumentHelp("The file to check.", valueName: "file.safetensors")) var file: String
  @Option(
    help: ArgumentHelp(
      "A manifest with the file's sizes and convention. Default: the file's own metadata.", valueName: "manifest.json"))
  var manifest: String?
  @Option(help: ArgumentHelp("reference, unfused, fused or fastest.", valueName: "name")) var implementation =
    Implementation.fastest
  @Option(help: "The largest error that passes, above 0.") var tolerance = 1e-5
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    guard tolerance > 0, tolerance.isFinite else {
      throw ValidationError("--tolerance: expected a number above 0, found \(tolerance)")
    }
  }

  func run() throws {
    let input = try VectorFile(path: file, manifest: manifest)
    let results: [String: ConnectionVectors.Result]
    do { results = try input.vectors.results(implementation) } catch {
      throw CommandFailure("\(file): \(error)", status: .failure)
    }
    let document = try VectorsDocument(
      input: input, manifest: manifest, implementation: implementation, tolerance: tolerance, results: results)
    try Console.printResult(json ? document.jsonText() : document.text)
    if document.tensors.contains(where: { !$0.passes }) { throw ExitCode(ExitStatus.outsideTolerance.rawValue) }
  }
}

extension Implementation: ExpressibleByArgument {}
