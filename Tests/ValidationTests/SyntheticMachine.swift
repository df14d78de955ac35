import CostModel
import Quantities

@testable import Validation

/// A machine of round numbers: every byte and every result at a rate that a reader can divide by.
enum SyntheticMachine {
  /// - Parameters:
  ///   - gigabytes: 10⁹ bytes a second beyond the caches; ten times that in the private cache.
  ///   - allocates: whether an ordinary store also reads its line, which moves half as much again for a copy.
  /// - Returns: rates for one and two threads.
  static func rates(gigabytes: Double = 10, allocates: Bool = true) -> MachineRates {
    let caches = [
      CacheSize(level: 1, size: Bytes(32 << 10), sharedBy: 1), CacheSize(level: 2, size: Bytes(1 << 20), sharedBy: 1),
      CacheSize(level: 3, size: Bytes(32 << 20), sharedBy: 2),
    ]
    let identity = MachineIdentity(
      processor: "synthetic", cores: 2, caches: caches, instructionSet: "avx512", kernel: "none", openBLAS: nil,
      date: "2026-01-01")
    var rates = MachineRates(identity: identity, memory: [], products: [], vector: [], starts: [])
    for threads in [1, 2] {
      for (size, factor) in [(1 << 20, 10.0), (64 << 20, 1)] {
        for (reads, writes, store) in [
          (1, 0, StoreKind.ordinary), (0, 1, .ordinary), (1, 1, .ordinary), (1, 1, .streaming), (0, 1, .streaming),
          (1, 1, .inPlace),
        ] {
          guard let mix = MemoryMix(reads: reads, writes: writes, store: store) else { continue }
          let transfers = mix.transfers(writeAllocate: allocates)
          let seconds = Double(transfers) / (gigabytes * factor * Double(threads) * 1e9)
          rates.memory += [
            samples(seconds).flatMap {
              MemoryRate(
                mix: mix, threads: threads, workingSet: Bytes(size), accessed: Bytes(mix.accesses), samples: $0)
            }
          ].compactMap { $0 }
        }
      }
      for work in VectorWork.allCases {
        rates.vector += [
          samples(1e-9 / Double(10 * threads)).flatMap {
            VectorRate(work: work, threads: threads, results: Elements(1), samples: $0)
          }
        ].compactMap { $0 }
      }
      if let shape = ProductShape(rows: 512, columns: 512, inner: 512) {
        rates.products += [
          samples(Double(shape.flops.count) / (1e11 * Double(threads))).flatMap {
            ProductRate(shape: shape, threads: threads, repetitions: 1, samples: $0)
          }
        ].compactMap { $0 }
      }
    }
    for state in StartState.allCases {
      let latency = state == .warm ? 10e-6 : 50e-6
      rates.starts += [samples(latency).flatMap { ParallelStart(threads: 2, state: state, samples: $0) }].compactMap {
        $0
      }
    }
    return rates
  }

  private static func samples(_ seconds: Double) -> Samples? { Samples([Seconds(seconds)]) }
}
