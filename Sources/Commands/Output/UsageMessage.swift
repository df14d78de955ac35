import ArgumentParser
import Messages
import Profiles

/// What is wrong with a command line, in one line: what was found, what was expected, and the nearest known name.
///
/// The parser reports what is missing before what is misspelt, and does not say what a number should have been; this
/// says the rest. Where its wording is not the known one, the parser's line stands as it is.
struct UsageMessage {
  /// The command line without the program's name.
  let arguments: [String]
  /// What the parser says.
  let message: String

  /// One line.
  var text: String {
    unknownCommand ?? unknownOption ?? negativeValue ?? wrongValue
      ?? message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The command that the first words name: `layer`, or `vectors` and then `check`.
  private var path: [any ParsableCommand.Type] {
    var (path, choices) = ([any ParsableCommand.Type](), MHCPlan.configuration.subcommands)
    for word in arguments {
      guard let next = choices.first(where: { $0.configuration.commandName == word }) else { break }
      path.append(next)
      choices = next.configuration.subcommands
    }
    return path
  }

  private var unknownCommand: String? {
    let names = MHCPlan.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let found = arguments.first, !found.hasPrefix("-"), found != "help", !names.contains(found) else {
      return nil
    }
    return
      "expected one of \(names.joined(separator: ", ")), found '\(shortened(found, to: 60))'\(Self.near(found, names))"
  }

  private var unknownOption: String? {
    guard let command = path.last else { return nil }
    let known = Self.options(of: command)
    // What follows `--` is no option.
    for argument in arguments.dropFirst(path.count).prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
      let name = String(argument.prefix { $0 != "=" })
      if !known.contains(name) { return "unknown option '\(shortened(name, to: 60))'\(Self.near(name, known))" }
    }
    return nil
  }

  /// The parser takes `-1` for an option, and the value for missing.
  private var negativeValue: String? {
    let parts = message.components(between: "'")
    guard parts.first == "Missing value for ", parts.count > 1, let option = parts[1].split(separator: " ").first,
      let place = arguments.firstIndex(of: String(option)), place + 1 < arguments.count,
      arguments[place + 1].hasPrefix("-"), Double(arguments[place + 1]) != nil
    else { return nil }
    return "\(option): expected \(expectation(option)), found '\(shortened(arguments[place + 1], to: 60))'"
  }

  /// `The value 'X' is invalid for '--option <name>'`, and the names that would be right where there are some.
  private var wrongValue: String? {
    let parts = message.components(between: "'")
    guard parts.count >= 5, parts[0] == "The value ", parts[2] == " is invalid for ",
      let option = parts[3].split(separator: " ").first
    else { return nil }
    let listed = parts[4].split(whereSeparator: \.isNewline).dropFirst().map { String($0.drop { " -".contains($0) }) }
    let names = listed.isEmpty ? parts[5...].enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element) : listed
    let values = names.filter { !$0.isEmpty }
    let expected = values.isEmpty ? expectation(option) : "one of \(values.joined(separator: ", "))"
    return "\(option): expected \(expected), found '\(shortened(parts[1], to: 60))'\(Self.near(parts[1], values))"
  }

  /// What an option takes that is no list of names.
  private func expectation(_ option: Substring) -> String {
    switch option {
    case "--shard": return "a part such as 3/16, 1/1 to 1048576/1048576"
    case "--data", "--tensor", "--pipeline", "--expert", "--context", "--microbatch", "--streams", "--zero":
      if arguments.first == SearchCommand.configuration.commandName { return "whole numbers such as 1,2,4" }
      return "a whole number, not negative"
    case "--reserve": return "a percentage such as 5%, up to 100%, or a size such as 512MiB or 4GiB, up to 1048576GiB"
    case "--tolerance": return "a number above 0"
    case "--stream-scale", "--logit-scale": return "a number"
    case "--pre-bias": return "a number, one below 0 as in --pre-bias=-9"
    case "--stage-layers": return "whole numbers such as 6,6,5,5"
    default: return "a whole number, not negative"
    }
  }

  private static func near(_ name: String, _ known: [String]) -> String {
    nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The long options of a command, as its help lists them.
  private static func options(of command: any ParsableCommand.Type) -> [String] {
    MHCPlan.helpMessage(for: command, columns: 200).split(separator: "\n").flatMap { line -> [String] in
      let words = line.split(whereSeparator: { " ,/".contains($0) })
      return words.first?.hasPrefix("-") == true ? words.filter { $0.hasPrefix("--") }.map(String.init) : []
    }
  }
}

extension String {
  /// The pieces between the separators, empty ones included.
  fileprivate func components(between separator: Character) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
