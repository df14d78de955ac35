import Measurement

extension Pass {
  /// What a pass walks and multiplies, in order; nil for a single operation.
  init?(_ works: [Work]) {
    let acting = works.filter { $0.action != nil }
    guard acting.count > 1 || acting.first?.tile != nil else { return nil }
    let threads = works.map(\.threads).max() ?? 1
    var calls: [Pass.Call] = []
    var isNew = true
    for work in works {
      let isSerial = work.threads < threads
      isNew = isNew || work.starts || calls.last?.isSerial != isSerial
      guard let action = work.action else { continue }
      let step = Pass.Step(action, work.operands)
      if isNew {
        calls.append(Pass.Call([step], tile: work.tile, isSerial: isSerial))
      } else {
        calls[calls.count - 1].steps.append(step)
      }
      isNew = false
    }
    self.init(
      calls, tokens: works.map(\.tokens).max() ?? 1, threads: threads,
      local: acting.reduce(into: []) { $0.formUnion($1.local) })
  }
}
