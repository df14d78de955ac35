import CostModel
import LayerRuntime
import Quantities

extension Measurement {
  /// The probes of a plan, in one list for each kind of rate.
  struct Probes {
    var memory: [MemoryProbe] = []
    var vector: [VectorProbe] = []
    var starts: [StartProbe] = []
    var products: [ProductProbe] = []
    var blas: OpenBLAS?

    /// All of them.
    var all: [any Probe] { memory as [any Probe] + vector as [any Probe] + starts as [any Probe] + products }
  }

  func makeProbes() throws(MeasurementError) -> Probes {
    var probes = Probes()
    probes.blas = try? OpenBLAS.load()
    let most = plan.threadCounts.max() ?? 1
    let largest = (plan.workingSets.values.flatMap { $0 } + plan.rowSets.values.flatMap { $0 }).max() ?? Bytes(1)
    let product = probes.blas == nil ? Bytes(1) : plan.products.map { ProductProbe.bufferSize($0) }.max() ?? Bytes(1)
    let size = max(MemoryProbe.bufferSize(workingSet: largest, threads: most), product)
    let buffer: ProbeBuffer
    do { buffer = try ProbeBuffer(size) } catch { throw .noRoom("\(error)") }

    for threads in plan.threadCounts {
      for size in plan.workingSets[threads] ?? [] {
        for mix in plan.mixes {
          guard let probe = MemoryProbe(mix, workingSet: size, threads: threads, buffer: buffer, variant: variant)
          else { throw .noRoom("\(size) for \(mix.arrays) arrays") }
          probes.memory.append(probe)
        }
      }
      for size in plan.rowSets[threads] ?? [] {
        for rows in plan.rows where rows.multiplyAdds == 0 || threads == 1 {
          // Streaming stores are for what no cache holds.
          if rows.mix.store == .streaming, size.count < plan.streamingSize.count { continue }
          // A row longer than the array says nothing at this size.
          if let probe = MemoryProbe(
            rows.mix, row: rows.row, multiplyAdds: rows.multiplyAdds, workingSet: size, threads: threads,
            buffer: buffer, variant: variant)
          {
            probes.memory.append(probe)
          }
        }
      }
      for work in plan.vectorWork {
        guard let probe = VectorProbe(work, threads: threads, buffer: buffer, variant: variant) else {
          throw .noRoom("\(threads) threads")
        }
        probes.vector.append(probe)
      }
      if threads > 1 { probes.starts += plan.starts.compactMap { StartProbe(threads: threads, state: $0) } }
      guard let blas = probes.blas else { continue }
      probes.products += plan.products.compactMap { ProductProbe($0, threads: threads, blas: blas, buffer: buffer) }
    }
    return probes
  }

  func result(
    _ identity: MachineIdentity, _ probes: Probes, _ series: [Series], rounds: Int, load: ProcessorLoad?
  ) throws(MeasurementError) -> Result {
    var rates = MachineRates(identity: identity, memory: [], products: [], vector: [], starts: [])
    var timings: [Timing] = []
    for one in series {
      guard let samples = one.samples else { throw .threadsDoNotStart(one.probe.label) }
      timings.append(Timing(label: one.probe.label, samples: samples))
      // Every case below has sizes above zero, so that none is left out.
      switch one.probe {
      case let probe as MemoryProbe:
        let accessed = Bytes(probe.accessedInPass.count * one.repetitions)
        rates.memory += [
          MemoryRate(
            mix: probe.mix, row: probe.row, multiplyAdds: probe.multiplyAdds, threads: probe.threads,
            workingSet: probe.workingSet, accessed: accessed, samples: samples)
        ].compactMap { $0 }
      case let probe as VectorProbe:
        let results = Elements(probe.resultsInRound.count * one.repetitions)
        rates.vector += [
          VectorRate(work: probe.work, threads: probe.threads, results: results, samples: samples)
        ].compactMap { $0 }
      case let probe as ProductProbe:
        rates.products += [
          ProductRate(shape: probe.shape, threads: probe.threads, repetitions: one.repetitions, samples: samples)
        ].compactMap { $0 }
      case let probe as StartProbe:
        let calls = Samples(samples.values.map { 1 / Double(one.repetitions) * $0 })
        rates.starts += [calls.flatMap { ParallelStart(threads: probe.threads, state: probe.state, samples: $0) }]
          .compactMap { $0 }
      default: break
      }
    }
    return Result(rates: rates, load: load, rounds: rounds, timings: timings)
  }
}
