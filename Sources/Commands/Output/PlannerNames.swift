public import ArgumentParser
public import CostModel
public import FrameworkSettings
public import Planner
public import Schedules

// The planner's names on the command line.

extension MatrixFormat: ExpressibleByArgument {}
extension Optimizer: ExpressibleByArgument {}
extension RecomputeLevel: ExpressibleByArgument {}
extension ScheduleName: ExpressibleByArgument {}

extension Framework: ExpressibleByArgument {
  /// `megatron`, or a name that says which branch or framework.
  public init?(argument: String) { self.init(name: argument) }

  /// What messages and help texts list.
  public static var allValueStrings: [String] { names }
}

extension StreamRecompute: ExpressibleByArgument {
  /// `auto`, `none`, `paper`, `uniform`, `uneven`, a number of residual layers, or blocks and layers of each,
  /// `3x2`; numbers from 1 to 65536.
  public init?(argument: String) {
    switch argument {
    case "auto": self = .auto
    case "none": self = .stored
    case "paper": self = .paper
    case "uniform": self = .uniform
    case "uneven": self = .uneven
    default:
      let numbers = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard numbers.allSatisfy({ (1...65536).contains($0) }) else { return nil }
      switch numbers.count {
      case 1: self = .blocks(ofLayers: numbers[0])
      case 2: self = .leading(blocks: numbers[0], ofLayers: numbers[1])
      default: return nil
      }
    }
  }

  /// What messages and help texts list.
  public static var allValueStrings: [String] {
    ["auto", "none", "paper", "uniform", "uneven", "1 to 65536", "BLOCKSxLAYERS"]
  }

  /// The argument that gives this policy.
  var argument: String {
    switch self {
    case .auto: "auto"
    case .stored: "none"
    case .paper: "paper"
    case .uniform: "uniform"
    case .uneven: "uneven"
    case .blocks(let layers): String(layers)
    case .leading(let blocks, let layers): "\(blocks)x\(layers)"
    }
  }
}

extension Reserve: ExpressibleByArgument {
  /// `5%`, `512MiB` or `4GiB`; a percentage to a tenth, 0 to 100, or a size up to 2²⁰ GiB.
  public init?(argument: String) {
    if argument.hasSuffix("%"), let percent = Double(argument.dropLast()), (0...100).contains(percent) {
      self = .fraction(thousandths: Int((percent * 10).rounded()))
    } else if argument.hasSuffix("GiB"), let size = Double(argument.dropLast(3)), (0...1_048_576).contains(size) {
      self = .bytes(Int((size * Double(1 << 30)).rounded()))
    } else if argument.hasSuffix("MiB"), let size = Double(argument.dropLast(3)), (0...1_073_741_824).contains(size) {
      self = .bytes(Int((size * Double(1 << 20)).rounded()))
    } else {
      return nil
    }
  }

  /// What help prints as the default.
  public var defaultValueDescription: String { argument }

  /// The argument that gives this reserve.
  var argument: String {
    switch self {
    case .fraction(let thousandths): "\(Double(thousandths) / 10)%"
    case .bytes(let bytes): "\(Double(bytes) / Double(1 << 30))GiB"
    }
  }
}
