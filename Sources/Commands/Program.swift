import ArgumentParser
import CostModel
import Evidence
import Messages
import Planner
import Profiles
import Quantities

/// The program: parse, run, and turn every error into one line and an exit code.
public enum Program {
  /// Runs the command line of this process.
  /// - Returns: the code to exit with.
  public static func run() async -> Int32 {
    Console.ignoreClosedReaders()
    do {
      var command = try MHCPlan.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return ExitStatus.success.rawValue
    } catch {
      return report(error)
    }
  }

  private static func report(_ error: any Error) -> Int32 {
    // Names of files and keys may hold anything.
    if let failure = failure(error) { return fail(singleLine(failure.description), failure.status) }
    if let status = error as? ExitCode { return status.rawValue }
    // Help and version texts are results; everything else from the parser is a wrong command line.
    if MHCPlan.exitCode(for: error).isSuccess {
      return (try? Console.printResult(MHCPlan.fullMessage(for: error))) == nil ? ExitStatus.failure.rawValue : 0
    }
    let message = UsageMessage(
      arguments: Array(CommandLine.arguments.dropFirst()), message: MHCPlan.message(for: error))
    return fail(message.text, .usage)
  }

  /// The line and the code of an error of ours; nil for the parser's.
  static func failure(_ error: any Error) -> CommandFailure? {
    switch error {
    case let error as CommandFailure: error
    case let error as ProfileError: CommandFailure(error.description, status: ExitStatus(error.kind))
    case let error as EvidenceError: CommandFailure(error.description, status: .data)
    case let error as PlanError: CommandFailure(error.description, status: .usage)
    case let error as RecomputeProblemError: CommandFailure(error.description, status: .usage)
    case let error as OverflowError:
      CommandFailure("expected sizes whose counts fit in 64 bits, found that \(error)", status: .data)
    default: nil
    }
  }

  private static func fail(_ message: String, _ status: ExitStatus) -> Int32 {
    Console.printMessage("mhc-plan: \(message)")
    return status.rawValue
  }
}

extension ExitStatus {
  /// The code of a file that gives no result.
  init(_ kind: ProfileError.Kind) {
    self =
      switch kind {
      case .unreadable: .failure
      case .unknownName: .usage
      case .invalid: .data
      }
  }
}
