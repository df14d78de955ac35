import ArgumentParser

/// Several values as one argument: `1,2,4`.
struct ListArgument<Value: ExpressibleByArgument & Hashable>: ExpressibleByArgument {
  /// The values, each once, in the order they were given.
  var values: [Value]

  init(_ values: [Value]) { self.values = values }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 1024 else { return nil }
    values = []
    for part in parts {
      guard let value = Value(argument: String(part)) else { return nil }
      if !values.contains(value) { values.append(value) }
    }
  }

  /// The list as it is typed.
  var defaultValueDescription: String { values.map(\.defaultValueDescription).joined(separator: ",") }

  /// What messages and help texts list.
  static var allValueStrings: [String] { Value.allValueStrings }
}
