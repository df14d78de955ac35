import ArgumentParser
import CostModel
import Planner
import Profiles
import Quantities
import Tensors

/// The program: parse, run, and turn every error into one line and an exit code.
public enum Program {
  /// Runs the command line of this process.
  /// - Returns: the code to exit with.
  public static func run() -> Int32 {
    Console.ignoreClosedReaders()
    do {
      var command = try MHCPlan.parseAsRoot()
      try command.run()
      return ExitStatus.success.rawValue
    } catch {
      return report(error)
    }
  }

  private static func report(_ error: any Error) -> Int32 {
    switch error {
    case let error as CommandFailure: return fail(error.description, error.status)
    case let error as ProfileError: return fail(error.description, ExitStatus(error.kind))
    case let error as PlanError: return fail(error.description, .usage)
    case let error as RecomputeProblemError: return fail(error.description, .usage)
    case let error as SafetensorsError: return fail(error.description, .data)
    case let error as OverflowError: return fail(error.description, .data)
    case let status as ExitCode: return status.rawValue
    default: break
    }
    // Help and version texts are results; everything else from the parser is a wrong command line.
    if MHCPlan.exitCode(for: error).isSuccess {
      return (try? Console.printResult(MHCPlan.fullMessage(for: error))) == nil ? ExitStatus.failure.rawValue : 0
    }
    let message = UsageMessage(
      arguments: Array(CommandLine.arguments.dropFirst()), message: MHCPlan.message(for: error))
    return fail(message.text, .usage)
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
