import Foundation
import Testing

/// Whole outputs, each read by eye before it was committed.
///
/// `MHC_UPDATE_GOLDEN=1 swift test --filter Golden` writes them anew; read what changed before you commit it.
@Suite struct `Golden documents` {
  /// File, and the command line whose stdout it holds.
  static let documents = [
    ("layer-n4-C2560.txt", "layer --streams 4 --channels 2560 --connection hc --connection mhc --fusion paper"),
    ("layer-n4-C2560.json", "layer --streams 4 --channels 2560 --connection hc --fusion unfused --json"),
    ("recompute-L60-n4-F10.txt", "recompute --layers 60 --streams 4 --saved 10"),
    ("recompute-L60-n4-F10.json", "recompute --layers 60 --streams 4 --saved 10 --json"),
    ("plan-mhc-27b-h200.txt", "plan mhc-27b --hardware h200 --pipeline 2 --expert 8 --data 8"),
    ("plan-mhc-27b-h200.json", "plan mhc-27b --hardware h200 --pipeline 2 --expert 8 --data 8 --json"),
    (
      "plan-deepseek-v4-flash-h200.txt",
      "plan deepseek-v4-flash --hardware h200 --pipeline 8 --expert 32 --data 32"
    ),
    (
      "emit-deepseek-v4-flash-b200.txt",
      "plan deepseek-v4-flash --hardware b200 --pipeline 4 --expert 64 --sequence 8192 --emit megatron-dev"
    ),
    (
      "emit-mhc-27b-dualpipe-mindspeed.txt",
      "plan mhc-27b --hardware h200 --pipeline 4 --expert 8 --data 8 --schedule dualpipe --emit mindspeed"
    ),
    (
      "search-mhc-27b-h200.txt",
      "search mhc-27b --hardware h200 --devices 8 --global-batch 64 --tensor 1,2 --context 1 --zero 1 --pipeline 2,4 "
        + "--microbatch 1 --schedule 1f1b,dualpipe --top 5"
    ),
    ("hardware.txt", "hardware"),
    ("hardware-h200.txt", "hardware h200"),
  ]

  private static let folder = Tool.checkout.appending(path: "Tests/CommandsTests/Golden")
  private static let isUpdate = ProcessInfo.processInfo.environment["MHC_UPDATE_GOLDEN"] == "1"

  @Test(arguments: documents) func `are printed byte for byte`(file: String, line: String) throws {
    let run = try Tool.run(line)
    #expect([0, 2].contains(run.code), "\(run.stderr)")
    let path = Self.folder.appending(path: file)
    if Self.isUpdate { try Data(run.stdout.utf8).write(to: path) }
    let golden = try String(contentsOf: path, encoding: .utf8)
    guard run.stdout != golden else { return }
    let (found, expected) = (run.stdout.split(separator: "\n"), golden.split(separator: "\n"))
    let place = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let row = place ?? min(found.count, expected.count)
    Issue.record(
      """
      \(file), line \(row + 1): found '\(row < found.count ? found[row] : "")', \
      golden '\(row < expected.count ? expected[row] : "")'
      """)
  }

  @Test func `are all of the folder`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { !$0.hasPrefix(".") }
    #expect(files.sorted() == Self.documents.map(\.0).sorted())
  }
}
