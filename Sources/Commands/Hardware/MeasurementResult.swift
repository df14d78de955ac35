import CostModel
import Quantities

/// The section `measurement` of a hardware profile: the machine, and every sample of every probe.
struct MeasurementResult: Encodable {
  var machine: Machine
  var effort: String?
  var rounds: Int?
  var othersFraction: Double?
  var stolenFraction: Double?
  var warnings: [String]
  var memory: [Memory]
  var products: [Product]
  var vector: [Vector]
  var starts: [Start]
  var limits: Limits

  init(_ rates: MachineRates) {
    machine = Machine(rates.identity)
    effort = rates.conditions.effort
    rounds = rates.conditions.rounds
    othersFraction = rates.conditions.othersFraction.map(Self.rounded)
    stolenFraction = rates.conditions.stolenFraction.map(Self.rounded)
    warnings = rates.conditions.warnings
    memory = rates.memory.map {
      Memory(
        reads: $0.mix.reads, writes: $0.mix.writes, store: $0.mix.store.rawValue, rowBytes: $0.row?.count,
        multiplyAddsPerElement: $0.multiplyAdds > 0 ? $0.multiplyAdds : nil, threads: $0.threads,
        workingSetBytes: $0.workingSet.count, accessedBytes: $0.accessed.count, sampleSeconds: Self.seconds($0.samples))
    }
    products = rates.products.map {
      Product(
        rows: $0.shape.rows, columns: $0.shape.columns, inner: $0.shape.inner, form: $0.shape.form.rawValue,
        threads: $0.threads, repetitions: $0.repetitions, sampleSeconds: Self.seconds($0.samples))
    }
    vector = rates.vector.map {
      Vector(
        work: $0.work.rawValue, threads: $0.threads, resultElements: $0.results.count,
        sampleSeconds: Self.seconds($0.samples))
    }
    starts = rates.starts.map {
      Start(threads: $0.threads, state: $0.state.rawValue, sampleSeconds: Self.seconds($0.samples))
    }
    limits = Limits(
      medianAbsoluteErrorFraction: rates.limits.medianAbsoluteError,
      p90AbsoluteErrorFraction: rates.limits.p90AbsoluteError,
      residentSetErrorFraction: rates.limits.residentSetError)
  }

  private static func seconds(_ samples: Samples) -> [Double] { samples.values.map { rounded($0.value) } }

  /// Six significant digits: no clock has more, and a file holds thousands of these.
  static func rounded(_ value: Double) -> Double {
    guard value > 1e-15, value < 1e15 else { return value }
    var scale = 1.0
    while value * scale < 1e5 { scale *= 10 }
    return (value * scale).rounded() / scale
  }

  struct Machine: Encodable {
    var processor: String
    var cores: Int
    var caches: [Cache]
    var instructionSet: String
    var kernel: String
    var openBLAS: String?
    var date: String

    init(_ identity: MachineIdentity) {
      processor = identity.processor
      cores = identity.cores
      caches = identity.caches.map { Cache(level: $0.level, sizeBytes: $0.size.count, sharedBy: $0.sharedBy) }
      instructionSet = identity.instructionSet
      kernel = identity.kernel
      openBLAS = identity.openBLAS
      date = identity.date
    }
  }

  struct Cache: Encodable {
    var level: Int
    var sizeBytes: Int
    var sharedBy: Int
  }

  struct Memory: Encodable {
    var reads: Int
    var writes: Int
    var store: String
    var rowBytes: Int?
    var multiplyAddsPerElement: Int?
    var threads: Int
    var workingSetBytes: Int
    var accessedBytes: Int
    var sampleSeconds: [Double]
  }

  struct Product: Encodable {
    var rows: Int
    var columns: Int
    var inner: Int
    var form: String
    var threads: Int
    var repetitions: Int
    var sampleSeconds: [Double]
  }

  struct Vector: Encodable {
    var work: String
    var threads: Int
    var resultElements: Int
    var sampleSeconds: [Double]
  }

  struct Start: Encodable {
    var threads: Int
    var state: String
    var sampleSeconds: [Double]
  }

  struct Limits: Encodable {
    var medianAbsoluteErrorFraction: Double
    var p90AbsoluteErrorFraction: Double
    var residentSetErrorFraction: Double
  }
}
