import CostModel
import Quantities
import Testing

/// Closed forms against counting every pair.
@Suite struct AttendedPairsTests {
  /// The pairs (token, key) for which `sees` holds, tokens and keys counted from 1.
  private func count(_ tokens: Int, _ keys: Int, _ sees: (Int, Int) -> Bool) -> Int {
    guard tokens > 0, keys > 0 else { return 0 }
    var pairs = 0
    for token in 1...tokens { for key in 1...keys where sees(token, key) { pairs += 1 } }
    return pairs
  }

  @Test func `a causal sequence attends every pair that is not ahead`() throws {
    for T in 0...40 { #expect(try AttendedPairs.causal(sequence: T) == count(T, T) { $1 <= $0 }) }
  }

  @Test func `a window attends the last tokens, the token itself included`() throws {
    for T in 0...24 {
      for w in 1...30 {
        #expect(try AttendedPairs.windowed(sequence: T, window: w) == count(T, T) { $1 <= $0 && $1 > $0 - w })
      }
      #expect(try AttendedPairs.windowed(sequence: T, window: nil) == count(T, T) { $1 <= $0 })
    }
  }

  @Test func `a compressed entry is attended once its last token is there`() throws {
    for T in 0...40 {
      for m in 1...9 {
        let pairs = count(T, T / m) { token, entry in entry * m <= token }
        #expect(try AttendedPairs.compressed(sequence: T, ratio: m) == pairs)
      }
    }
  }

  @Test func `an indexer picks no more entries than there are and than it may`() throws {
    for T in 0...40 {
      for m in 1...6 {
        for k in 1...12 {
          // The newest k of the visible entries: which k they are does not matter for their number.
          let pairs = count(T, T / m) { token, entry in entry * m <= token && entry > token / m - k }
          #expect(try AttendedPairs.selected(sequence: T, ratio: m, picks: k) == pairs)
        }
      }
    }
  }

  @Test(arguments: [Int.max, Int.max - 1])
  func `a sequence whose pairs do not fit throws`(_ sequence: Int) {
    #expect(throws: OverflowError.self) { try AttendedPairs.causal(sequence: sequence) }
    #expect(throws: OverflowError.self) { try AttendedPairs.windowed(sequence: sequence, window: sequence / 2) }
    #expect(throws: OverflowError.self) { try AttendedPairs.compressed(sequence: sequence, ratio: 3) }
    #expect(throws: OverflowError.self) { try AttendedPairs.selected(sequence: sequence, ratio: 1, picks: 1 << 40) }
  }

  @Test func `a long sequence with a short window fits`() throws {
    #expect(try AttendedPairs.windowed(sequence: .max, window: 1) == .max)
    #expect(try AttendedPairs.selected(sequence: .max, ratio: 1, picks: 1) == .max)
    #expect(try AttendedPairs.compressed(sequence: .max, ratio: .max) == 1)
  }
}
