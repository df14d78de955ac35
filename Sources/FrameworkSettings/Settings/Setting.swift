/// One setting of a framework.
public struct Setting: Hashable, Sendable {
  /// Its name as a flag has it, without dashes in front: `micro-batch-size`.
  public let name: String
  /// Its value.
  public let value: Value
  /// The part of the plan that it sets.
  public let topic: Topic
  /// Where Megatron-Bridge keeps it, below `cfg`.
  let section: Section

  /// A setting's value.
  public enum Value: Hashable, Sendable {
    /// On.
    case on
    /// Off, where on is the default.
    case off
    /// A number.
    case number(Int)
    /// A word.
    case word(String)
    /// Several words.
    case words([String])
    /// A type of numbers, such as `bf16`.
    case type(String)
  }

  /// Parts of a plan.
  public enum Topic: String, CaseIterable, Sendable {
    /// How the model is divided over devices.
    case layout
    /// Sequences and tokens.
    case batch
    /// Optimizer and what of it is sharded.
    case optimizer
    /// What runs beside computing.
    case overlap
    /// Formats of numbers.
    case formats
    /// The connection.
    case connection
    /// What is recomputed.
    case recompute
  }

  /// A part of Megatron-Bridge's `ConfigContainer`.
  enum Section: String, Sendable {
    case model, train, optimizer, ddp
    case mixedPrecision = "mixed_precision"
  }

  init(_ name: String, _ value: Value, _ topic: Topic, in section: Section = .model) {
    self.name = name
    self.value = value
    self.topic = topic
    self.section = section
  }

  /// The flag and its values, each a word of the shell, quoted where it must be.
  public var shellWords: [String] {
    let flag = "--\(name)"
    return switch value {
    case .on: [flag]
    case .off: ["--no-\(name)"]
    case .number(let number): [flag, String(number)]
    case .word(let word), .type(let word): [flag, shellQuoted(word)]
    case .words(let words): [flag] + words.map(shellQuoted)
    }
  }

  /// An assignment to Megatron-Bridge's `cfg`.
  public var pythonStatement: String {
    let field = String(name.map { $0 == "-" ? "_" : $0 })
    return "cfg.\(section.rawValue).\(field) = \(pythonValue)"
  }

  private var pythonValue: String {
    switch value {
    case .on: "True"
    case .off: "False"
    case .number(let number): String(number)
    case .word(let word): pythonQuoted(word)
    case .words(let words): "[" + words.map(pythonQuoted).joined(separator: ", ") + "]"
    case .type("bf16"): "torch.bfloat16"
    case .type(let type): pythonQuoted(type)
    }
  }
}
