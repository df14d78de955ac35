import LayerRuntime
import Measurement

/// The memory of a step as the runtime's arena hands it out: the same places for the same pieces.
struct StepMemory {
  private var free = FreeSpans(.max)
  private var used: [String: FreeSpans.Span] = [:]
  /// Every piece that there ever was.
  private var pieces: [String: FreeSpans.Span] = [:]
  /// The highest byte that was ever in use.
  private(set) var reach = 0

  /// Memory of which so many bytes are in use for good.
  init(from start: Int = 0) {
    guard start > 0 else { return }
    reach = free.take(start)?.bytes ?? 0
  }

  /// A piece; the same name for the same bytes at the same place.
  mutating func take(_ bytes: Int) -> String {
    guard let span = free.take(bytes) else { preconditionFailure("memory has an end") }
    let name = "piece of \(span.bytes) at \(span.start)"
    (used[name], pieces[name]) = (span, span)
    reach = max(reach, span.offset + span.bytes)
    return name
  }

  /// Takes a piece back.
  mutating func give(_ name: String) {
    if let span = used.removeValue(forKey: name) { free.give(span) }
  }

  /// The same work on one memory that all pieces are parts of.
  func placed(_ work: Work) -> Work {
    var work = work
    work.operands = work.operands.map { operand in
      pieces[operand.name].map { Pass.Operand("arena", offset: $0.start + operand.offset) } ?? operand
    }
    return work
  }
}
