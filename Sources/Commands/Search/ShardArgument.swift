import ArgumentParser
import Search

/// A part of a search as an argument: `3/16`.
struct ShardArgument: ExpressibleByArgument {
  var shard: Shard

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], count <= 1 << 20,
      let shard = Shard(number, of: count)
    else { return nil }
    self.shard = shard
  }
}
