import ArgumentParser

/// Test vectors for authors of kernels.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Test vectors for kernels: check a file against the real layer, or write one in double precision.",
    subcommands: [VectorsCheckCommand.self, VectorsWriteCommand.self])
}
