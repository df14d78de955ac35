import CostModel
import Messages
import Quantities

/// The section `measurement` of a hardware profile: every sample of every probe.
enum MeasurementSection {
  private enum Limits {
    static let threads = 1...1024
    static let bytes = 1...(1 << 60)
    static let samples = 1...1000
    static let seconds = 1e-12...1e6
    static let fraction = 0.0...1.0
    static let entries = 0...4096
  }

  /// The rates that the section describes.
  static func read(_ reader: ObjectReader) throws(ProfileError) -> MachineRates {
    let identity = try machine(try reader.object("machine"))
    var rates = MachineRates(identity: identity, memory: [], products: [], vector: [], starts: [])
    rates.conditions = MeasurementConditions(
      effort: try reader.string("effort", oneOf: ["quick", "full"]),
      rounds: try reader.int("rounds", in: Limits.samples),
      othersFraction: try reader.optionalDouble("othersFraction", in: Limits.fraction),
      stolenFraction: try reader.optionalDouble("stolenFraction", in: Limits.fraction),
      warnings: try reader.texts("warnings", count: 0...100))
    for entry in try reader.objects("memory", count: 1...4096) { rates.memory.append(try memory(entry)) }
    for entry in try reader.objects("products", count: Limits.entries) { rates.products.append(try product(entry)) }
    for entry in try reader.objects("vector", count: Limits.entries) { rates.vector.append(try vector(entry)) }
    for entry in try reader.objects("starts", count: Limits.entries) { rates.starts.append(try start(entry)) }
    if let entry = try reader.optionalObject("limits") { rates.limits = try limits(entry) }
    try reader.finish()
    return rates
  }

  private static func machine(_ reader: ObjectReader) throws(ProfileError) -> MachineIdentity {
    var caches: [CacheSize] = []
    for entry in try reader.objects("caches", count: 0...16) {
      let level = try entry.int("level", in: 1...16)
      let size = try entry.int("sizeBytes", in: 1...(1 << 40))
      caches.append(
        CacheSize(level: level, size: Bytes(size), sharedBy: try entry.int("sharedBy", in: 1...(1 << 20))))
      try entry.finish()
    }
    let identity = MachineIdentity(
      processor: singleLine(try reader.string("processor")), cores: try reader.int("cores", in: 1...(1 << 20)),
      caches: caches, instructionSet: singleLine(try reader.string("instructionSet", limit: 100)),
      kernel: singleLine(try reader.string("kernel")), openBLAS: try reader.optionalString("openBLAS").map(singleLine),
      date: singleLine(try reader.string("date", limit: 100)))
    try reader.finish()
    return identity
  }

  private static func memory(_ reader: ObjectReader) throws(ProfileError) -> MemoryRate {
    let reads = try reader.int("reads", in: 0...64)
    let writes = try reader.int("writes", in: 0...64)
    let store = try reader.string("store", oneOf: StoreKind.allCases.map(\.rawValue))
    // The reader took no other text.
    guard let mix = MemoryMix(reads: reads, writes: writes, store: StoreKind(rawValue: store) ?? .ordinary) else {
      throw reader.error(
        "writes",
        "expected an array that is read or written, and in place no more than are read, found \(reads) read "
          + "and \(writes) written \(store)")
    }
    let threads = try reader.int("threads", in: Limits.threads)
    let workingSet = Bytes(try reader.int("workingSetBytes", in: Limits.bytes))
    let accessed = Bytes(try reader.int("accessedBytes", in: Limits.bytes))
    let row = try reader.optionalInt("rowBytes", in: Limits.bytes).map { Bytes($0) }
    let multiplyAdds = try reader.optionalInt("multiplyAddsPerElement", in: 0...1024) ?? 0
    let samples = try samples(reader)
    return try made(
      MemoryRate(
        mix: mix, row: row, multiplyAdds: multiplyAdds, threads: threads, workingSet: workingSet, accessed: accessed,
        samples: samples), reader)
  }

  private static func product(_ reader: ObjectReader) throws(ProfileError) -> ProductRate {
    let form = try reader.string("form", oneOf: ProductForm.allCases.map(\.rawValue))
    let size = 1...(1 << 20)
    let shape = ProductShape(
      rows: try reader.int("rows", in: size), columns: try reader.int("columns", in: size),
      inner: try reader.int("inner", in: size), form: ProductForm(rawValue: form) ?? .plain)
    let threads = try reader.int("threads", in: Limits.threads)
    let repetitions = try reader.int("repetitions", in: 1...(1 << 30))
    let samples = try samples(reader)
    return try made(
      shape.flatMap { ProductRate(shape: $0, threads: threads, repetitions: repetitions, samples: samples) }, reader)
  }

  private static func vector(_ reader: ObjectReader) throws(ProfileError) -> VectorRate {
    let work = try reader.string("work", oneOf: VectorWork.allCases.map(\.rawValue))
    let threads = try reader.int("threads", in: Limits.threads)
    let results = Elements(try reader.int("resultElements", in: Limits.bytes))
    let samples = try samples(reader)
    return try made(
      VectorWork(rawValue: work).flatMap {
        VectorRate(work: $0, threads: threads, results: results, samples: samples)
      }, reader)
  }

  private static func start(_ reader: ObjectReader) throws(ProfileError) -> ParallelStart {
    let state = try reader.string("state", oneOf: StartState.allCases.map(\.rawValue))
    let threads = try reader.int("threads", in: Limits.threads)
    let samples = try samples(reader)
    return try made(
      StartState(rawValue: state).flatMap { ParallelStart(threads: threads, state: $0, samples: samples) }, reader)
  }

  private static func limits(_ reader: ObjectReader) throws(ProfileError) -> ValidationLimits {
    let range = 0.0...1000.0
    let limits = ValidationLimits(
      medianAbsoluteError: try reader.double("medianAbsoluteErrorFraction", in: range),
      p90AbsoluteError: try reader.double("p90AbsoluteErrorFraction", in: range),
      residentSetError: try reader.double("residentSetErrorFraction", in: range))
    try reader.finish()
    return limits
  }

  private static func samples(_ reader: ObjectReader) throws(ProfileError) -> Samples {
    let times = try reader.doubles("sampleSeconds", in: Limits.seconds, count: Limits.samples)
    guard let samples = Samples(times.map { Seconds($0) }) else {
      throw reader.error("sampleSeconds", "expected times above zero, found another")
    }
    return samples
  }

  /// The last look at an entry: no other keys, and a value that the ranges above have made sure of.
  private static func made<Value>(_ value: Value?, _ reader: ObjectReader) throws(ProfileError) -> Value {
    try reader.finish()
    guard let value else { throw reader.error("sampleSeconds", "expected a measurement, found none") }
    return value
  }
}
