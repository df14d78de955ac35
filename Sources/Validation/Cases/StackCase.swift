public import LayerRuntime

/// A stack to build, predict and run.
public struct StackCase: Hashable, Sendable {
  /// What `--case` takes: `mhc/fused/n4/c64/t32/L12/mixed/2+4+6/fp32`.
  public var name: String
  /// The stack.
  public var configuration: LayerStack.Configuration

  /// A case of this name.
  public init(_ name: String, _ configuration: LayerStack.Configuration) {
    self.name = name
    self.configuration = configuration
  }

  /// A case that is named after what it is.
  /// - Parameters:
  ///   - configuration: the stack.
  ///   - functions: the layer functions in a word.
  public init(_ configuration: LayerStack.Configuration, functions: String) {
    let c = configuration
    var parts = [
      c.connection.rawValue, c.implementation.rawValue, "n\(c.shape.streams)", "c\(c.shape.channels)",
      "t\(c.shape.tokens)", "L\(c.functions.count)", functions, c.blocks.label, c.format.rawValue,
    ]
    if !c.keepsCoefficients { parts.append("coefficients-again") }
    if c.team.count > 1 { parts.append("\(c.team.count)-threads") }
    self.init(parts.joined(separator: "/"), configuration)
  }
}

extension RecomputeBlocks {
  /// `stored`, or runs of equal blocks, front to back: `6x4+1x2`.
  public var label: String {
    guard case .blocks(let sizes) = self else { return "stored" }
    var runs: [(count: Int, size: Int)] = []
    for size in sizes {
      if let last = runs.last, last.size == size { runs[runs.count - 1].count += 1 } else { runs.append((1, size)) }
    }
    return runs.map { "\($0.count)x\($0.size)" }.joined(separator: "+")
  }
}
