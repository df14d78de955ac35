/// The free bytes of a range of addresses, handed out from the lowest place that is large enough, neighbours joined again.
package struct FreeSpans {
  /// Bytes that stand side by side.
  package struct Span: Hashable, Sendable {
    /// Where they begin.
    package var offset: Int
    /// How many.
    package var bytes: Int
    /// How many of them are before the buffer.
    package var gap = 0
    /// Where the buffer begins.
    package var start: Int { offset + gap }
  }

  /// Ordered by offset; no two touch.
  private var spans: [Span]
  /// How many times storage of its own had to grow.
  package private(set) var growths = 0

  /// So many bytes, all free.
  package init(_ bytes: Int) {
    spans = [Span(offset: 0, bytes: bytes)]
    spans.reserveCapacity(256)
  }

  /// Room for at least so many bytes, in whole lines; an empty buffer has an address of its own too.
  ///
  /// Buffers of many rows begin with a page: rows of a power of two of channels then end with one, where the processor's
  /// fetching ahead ends. What is before that belongs to them.
  /// - Returns: what was taken; nil without room.
  package mutating func take(_ bytes: Int) -> Span? {
    let room = max(Arena.alignment, (bytes + Arena.alignment - 1) / Arena.alignment * Arena.alignment)
    let unit = bytes >= Arena.largeBuffer ? Arena.page : Arena.alignment
    func start(_ span: Span) -> Int { (span.offset + unit - 1) / unit * unit }
    guard let index = spans.firstIndex(where: { start($0) - $0.offset + room <= $0.bytes }) else { return nil }
    let found = spans[index]
    let taken = Span(offset: found.offset, bytes: start(found) - found.offset + room, gap: start(found) - found.offset)
    if found.bytes == taken.bytes {
      spans.remove(at: index)
    } else {
      spans[index] = Span(offset: found.offset + taken.bytes, bytes: found.bytes - taken.bytes)
    }
    return taken
  }

  /// Takes back what was taken.
  package mutating func give(_ taken: Span) {
    var span = Span(offset: taken.offset, bytes: taken.bytes)
    var index = spans.firstIndex { $0.offset > span.offset } ?? spans.count
    if index < spans.count, span.offset + span.bytes == spans[index].offset {
      span.bytes += spans[index].bytes
      spans.remove(at: index)
    }
    if index > 0, spans[index - 1].offset + spans[index - 1].bytes == span.offset {
      index -= 1
      spans[index].bytes += span.bytes
    } else {
      if spans.count == spans.capacity { growths += 1 }
      spans.insert(span, at: index)
    }
  }
}
