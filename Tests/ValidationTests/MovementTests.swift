import CostModel
import LayerRuntime
import Measurement
import Quantities
import Testing

@testable import Validation

/// What is probed for an operation is what the ledger says of it.
@Suite struct `Movements` {
  private static let operations: [ConnectionOperation] = [
    .preMix, .post, .resMix, .mergeSum, .merge, .mergeBackward, .mergeGradients, .resMixBackward, .postBackward,
    .preMixBackward, .preMixBackwardInPlace, .preMixGradients, .accumulatePre, .accumulateCoefficients,
  ]

  @Test(arguments: [1, 2, 4, 8], StreamFormat.allCases) func `every operation that walks rows has the ledger's rows`(
    _ n: Int, _ format: StreamFormat
  ) throws {
    let shape = try LayerShape(tokens: 64, streams: n, channels: 256)
    let rows = ConnectionRows(.manifold, shape, .deepSeekV4)
    let work = ConnectionWork(
      .manifold, shape, .deepSeekV4, format, threads: 1, streaming: false, variant: .best)
    for operation in Self.operations {
      let works = try work.works([operation], tiled: false)
      guard case .rows(let traffic) = works.first?.movement else {
        Issue.record("\(operation) has no rows")
        continue
      }
      let row = try #require(try rows.rows(operation).first)
      // Streams and rows of C numbers; coefficients are a few numbers a token.
      let wide = (row.reads + row.writes).filter { $0.tensorClass != .coefficient }
      let inPlace = Set(row.reads.map(\.tensor)).intersection(row.writes.map(\.tensor))
      let bytes = wide.reduce(0.0) { sum, access in
        sum + access.elements * (access.tensorClass == .stream && format == .bfloat16 ? 2 : 4)
      }
      let again = wide.filter { inPlace.contains($0.tensor) }.reduce(0.0) { sum, access in
        sum + access.elements * (format == .bfloat16 ? 1 : 2)
      }
      #expect(Double(traffic.bytesOfToken.count) == bytes - again, "\(operation)")
      #expect(
        Double(traffic.multiplyAdds.count) == max(row.arithmetic.additions, row.arithmetic.multiplications),
        "\(operation)")
    }
  }

  @Test(arguments: [1, 2, 4, 8]) func `products have the ledger's multiply-adds`(_ n: Int) throws {
    let shape = try LayerShape(tokens: 64, streams: n, channels: 256)
    for kind in [ConnectionKind.manifold, .hyper] {
      let rows = ConnectionRows(kind, shape, .deepSeekV4)
      let work = ConnectionWork(kind, shape, .deepSeekV4, .float32, threads: 1, streaming: false, variant: .best)
      for operation in [ConnectionOperation.project, .projectBackward, .streamBackward] {
        guard case .product(let product) = try work.works([operation], tiled: false).first?.movement else {
          Issue.record("\(operation) has no product")
          continue
        }
        let row = try #require(try rows.rows(operation).first)
        let counted = max(row.arithmetic.additions, row.arithmetic.multiplications)
        let missing = counted - Double(product.multiplyAdds.count)
        // A few numbers a token more: 1/r, and what is divided by it. HC's ledger scales every stream before the product, as
        // Eq. (5) has it, and backwards its gradient; the kernels divide the product.
        let scaled = kind == .hyper ? Double(2 * n * 256) : 0
        #expect(missing >= -0.02 * counted && missing <= scaled + 0.02 * counted, "\(kind) \(operation)")
      }
    }
  }

  /// Where F(u) = u the gradients of four streams are made at once: no multiply-add of a row or a product is lost or done
  /// twice, and ∂x' is read once where what is made of it is left for the last kernel.
  @Test(arguments: StreamFormat.allCases) func `operations at once do what they do one by one`(
    _ format: StreamFormat
  ) throws {
    let variants = KernelVariant.supported.filter { $0.name.hasPrefix("avx512") }
    for variant in variants {
      let shape = try LayerShape(tokens: 64, streams: 4, channels: 256)
      let work = ConnectionWork(
        .manifold, shape, .deepSeekV4, format, threads: 1, streaming: false, variant: variant)
      func multiplyAdds(_ works: [Work]) -> Int {
        works.reduce(0) { sum, work in
          switch work.movement {
          case .rows(let traffic)?: sum + traffic.multiplyAdds.count
          case .product(let product)?: sum + product.multiplyAdds.count
          case nil: sum
          }
        }
      }
      let plan = ConnectionPlan(.manifold, .fastest, channels: 256)
      let alone = try work.works([.preMix] + plan.backwardBefore + plan.backwardAfter, tiled: true)
      let joined = try work.backwardIdentity(plan).filter { $0.tile != nil }
      #expect(multiplyAdds(joined) == multiplyAdds(alone), "\(variant)")
      #expect(joined.count(where: \.isJoined) == 2)
      let reads = joined.filter { $0.touches.contains { $0.buffer == "grad x'" && $0.store == nil } }
      #expect(reads.count == (format == .float32 ? 1 : 2), "\(variant)")
      // By the law of a profile as well.
      func results(_ works: [Work]) -> Double {
        works.reduce(0) { $0 + $1.vector[.multiplyAdd, default: 0] + $1.vector[.jointProduct, default: 0] }
      }
      #expect(results(joined) == results(alone))
    }
  }

  @Test func `a profile is held against the middle of its probes, predictions are made from the quickest`() {
    var times = [3.0, 1, 2].makeIterator()
    let anchor = Anchor(.core, threads: 1, expected: Seconds(2)) { times.next().map { Seconds($0) } }
    let drift = Drift([anchor, Anchor(.cache, threads: 2, expected: Seconds(1)) { nil }], threads: 1)
    #expect(drift.factors == [.core: 0.5])
    #expect(drift.middles == [.core: 1])
    // The middle of several is that of each.
    let later = Drift(factors: [.core: 4])
    let middle = Drift(middle: [drift, later, later])
    #expect(middle.factors == [.core: 4])
    #expect(Drift(middle: [drift, drift, later]).middles == [.core: 1])
  }

  @Test func `a wrong profile is seen, and so is a forgotten write-allocate`() {
    func failures(_ factors: [Anchor.Part: Double]) -> [String] {
      var report = ValidationReport()
      report.profile = ProfileCheck.all(factors)
      return report.failures
    }
    #expect(failures([:]).isEmpty)
    #expect(failures([.core: 1.1, .cache: 0.9, .memory: 1.4, .streaming: 1.3]).isEmpty)
    // Rates in the profile half and double of what they are.
    #expect(failures([.core: 1, .memory: 0.5, .streaming: 0.5]).count == 2)
    #expect(failures([.memory: 2]).count == 1)
    #expect(failures([.core: .nan]).count == 1)
    // An ordinary copy in the profile moves two bytes where it moves three.
    #expect(failures([.memory: 1.4, .streaming: 1]).contains { $0.contains("ordinary over streaming stores") })
  }
}
