// Frameworks count Transformer layers, attention and feed-forward together, and cut blocks between them only.

extension RecomputeProblem {
  /// The same stage with blocks cut only between groups of layers: of 2 for whole Transformer layers.
  ///
  /// A group is a layer of the new problem. Its streams after the first become transients, so that the peak of any
  /// choice is the same number in both problems.
  ///
  /// - Parameter size: layers of a group, at least 1; the last group is smaller where it does not divide the stage.
  /// - Returns: the problem with a layer a group.
  public func grouped(by size: Int) -> RecomputeProblem {
    RecomputeProblem(
      streamSize: streamSize, inFlight: inFlight, heldSums: Self.ends(of: heldSums, size),
      aliveSums: Self.ends(of: aliveSums, size))
  }

  private static func ends(of sums: [Int], _ size: Int) -> [Int] {
    groupEnds(of: sums.count - 1, size).map { sums[$0] }
  }
}

extension RecomputeWork {
  /// The work of the same stage with blocks cut only between groups of layers.
  ///
  /// - Parameter size: layers of a group, at least 1; the last group is smaller where it does not divide the stage.
  /// - Returns: the work with a layer a group.
  public func grouped(by size: Int) -> RecomputeWork {
    let ends = groupEnds(of: layers, size)
    // Inside a group every layer but the last always makes its output streams again.
    var inner = 0
    var (layerSums, innerSums) = ([0], [0])
    for (first, last) in zip(ends, ends.dropFirst()) {
      inner += self.innerSums[last - 1] - self.innerSums[first]
      layerSums.append(self.layerSums[last] + inner)
      innerSums.append(self.innerSums[last] - inner)
    }
    return RecomputeWork(perBlock: perBlock, layerSums: layerSums, innerSums: innerSums)
  }
}

/// The last layer of each group, and 0 before them.
private func groupEnds(of layers: Int, _ size: Int) -> [Int] {
  precondition(size >= 1, "groups of \(size) layers")
  return Array(stride(from: 0, to: layers, by: size)) + [layers]
}
