import LayerRuntime
import Measurement

/// The memory of a step as the runtime's arena hands it out: the first free place that is large enough, neighbours joined.
struct StepMemory {
  private struct Span {
    var offset, bytes: Int
  }
  private var free = [Span(offset: 0, bytes: .max)]
  private var used: [String: Span] = [:]
  /// Every piece that there ever was.
  private var pieces: [String: Span] = [:]

  /// The highest byte that was ever in use.
  private(set) var reach = 0

  /// A piece; the same name for the same bytes at the same place.
  mutating func take(_ bytes: Int) -> String {
    let room = max(Arena.alignment, (bytes + Arena.alignment - 1) / Arena.alignment * Arena.alignment)
    guard let index = free.firstIndex(where: { $0.bytes >= room }) else { preconditionFailure("memory has an end") }
    let span = Span(offset: free[index].offset, bytes: room)
    if free[index].bytes == room {
      free.remove(at: index)
    } else {
      free[index] = Span(offset: span.offset + room, bytes: free[index].bytes - room)
    }
    let name = "piece of \(room) at \(span.offset)"
    (used[name], pieces[name]) = (span, span)
    reach = max(reach, span.offset + room)
    return name
  }

  /// Takes a piece back.
  mutating func give(_ name: String) {
    guard var span = used.removeValue(forKey: name) else { return }
    var index = free.firstIndex { $0.offset > span.offset } ?? free.count
    if index < free.count, span.offset + span.bytes == free[index].offset {
      span.bytes += free[index].bytes
      free.remove(at: index)
    }
    if index > 0, free[index - 1].offset + free[index - 1].bytes == span.offset {
      index -= 1
      free[index].bytes += span.bytes
    } else {
      free.insert(span, at: index)
    }
  }

  /// The same work on one memory that all pieces are parts of.
  func placed(_ work: Work) -> Work {
    var work = work
    work.operands = work.operands.map { operand in
      pieces[operand.name].map { Pass.Operand("arena", offset: $0.offset + operand.offset) } ?? operand
    }
    return work
  }
}
