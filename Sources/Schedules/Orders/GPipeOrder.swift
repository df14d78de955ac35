extension Pipeline {
  /// All microbatches forward, then all backward, the last first.
  /// - Source: GPipe (arXiv:1811.06965) Fig. 2.
  func gpipeOrder() -> [Slot] {
    (0..<microbatches).map { Slot(.forward, 0, $0) } + (0..<microbatches).reversed().map { Slot(.backward, 0, $0) }
  }
}
