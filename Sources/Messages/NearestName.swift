/// The known name that a misspelt one most likely meant.
///
/// The only name that begins with what was typed is meant: `h100-sxm` by `h100`, not `h200`. Otherwise names count as
/// near when at most a third of their characters were added, dropped, changed or swapped with a neighbour; letter case,
/// hyphens, underscores, dots and spaces do not count.
///
/// - Parameters:
///   - name: The name as it was typed.
///   - known: The names that would have been right.
/// - Returns: The nearest one, the first in order among equals; nil where none is near.
public func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  let typed = comparable(name)
  // No name of ours is this long, and the distance takes time in the product of the lengths.
  guard !typed.isEmpty, typed.count <= 64 else { return nil }
  let candidates = known.sorted()
  let completions = candidates.filter { comparable($0).starts(with: typed) }
  if typed.count >= 3, completions.count == 1 { return completions.first }
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let letters = comparable(candidate)
    let allowed = max(1, max(typed.count, letters.count) / 3)
    guard abs(typed.count - letters.count) <= allowed else { continue }
    let distance = editDistance(typed, letters)
    // A name of which nothing is left is not a misspelling.
    guard distance <= allowed, distance < letters.count, distance < best?.distance ?? .max else { continue }
    best = (candidate, distance)
  }
  return best?.name
}

private func comparable(_ name: String) -> [UInt8] {
  name.lowercased().utf8.filter { !"-_. ".utf8.contains($0) }
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
private func editDistance(_ from: [UInt8], _ to: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...to.count)
  for (row, letter) in from.enumerated() {
    var current = [row + 1]
    for (column, other) in to.enumerated() {
      var cost = min(current[column] + 1, last[column + 1] + 1, last[column] + (letter == other ? 0 : 1))
      if row > 0, column > 0, letter == to[column - 1], from[row - 1] == other {
        cost = min(cost, beforeLast[column - 1] + 1)
      }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[to.count]
}
