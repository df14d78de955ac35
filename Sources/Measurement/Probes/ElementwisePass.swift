import CProbes

/// Arrays that are gone through number by number: read, worked on, and written.
public struct ElementwisePass: Hashable, Sendable {
  /// Numbers of each array.
  public var count: Int
  /// Arrays that are read, 0 to 3; one that is written in place is both.
  public var reads: Int
  /// Arrays that are written: 0 to 2.
  public var writes: Int
  /// Exponentials of a number, with a division each: 0 or 1.
  public var exponentials = 0
  /// Multiply-adds of a number.
  public var multiplyAdds = 0

  /// So many numbers of so many arrays.
  public init(count: Int, reads: Int, writes: Int) { (self.count, self.reads, self.writes) = (count, reads, writes) }

  /// Numbers a thread takes at a time.
  static let granule = 1024

  /// The call for a part of the numbers.
  func call(_ tensors: [UnsafeMutableRawPointer], _ range: Range<Int>) -> mhcp_each {
    let floats = tensors.map { $0.assumingMemoryBound(to: Float.self) + range.lowerBound }
    var made = mhcp_each()
    if reads > 0 { made.in.0 = UnsafePointer(floats[0]) }
    if reads > 1 { made.in.1 = UnsafePointer(floats[1]) }
    if reads > 2 { made.in.2 = UnsafePointer(floats[2]) }
    if writes > 0 { made.out.0 = floats[reads] }
    if writes > 1 { made.out.1 = floats[reads + 1] }
    made.count = range.count
    (made.reads, made.writes) = (Int32(reads), Int32(writes))
    (made.exponentials, made.multiply_adds) = (Int32(exponentials), Int32(multiplyAdds))
    return made
  }

  /// The numbers, the arrays and the arithmetic.
  var label: String { "\(count) numbers, \(reads) read, \(writes) written, \(exponentials) exp, \(multiplyAdds) fma" }
}
