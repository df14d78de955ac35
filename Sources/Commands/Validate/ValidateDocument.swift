import CostModel
import LayerRuntime
import Quantities
import Validation

/// A validation as a document.
struct ValidateDocument: ResultDocument {
  static let command = "validate"
  static let version = 1

  var request: Request
  var assumptions: [String]
  var excluded: [String]
  var machine: Machine
  var limits: Limits
  var rows: [Row]
  var memory: [Memory]
  var flops: [Count]
  var profile: [Check]
  var sweep: Sweep?
  var summary: Summary
  var failures: [String]

  struct Request: Encodable {
    var anyMachine: Bool
    var `case`: String?
    var hardware: String?
    var quick: Bool
  }
  struct Machine: Encodable {
    var processor: String
    var cores: Int
    var instructionSet: String
    var openBLAS: String?
    var measured: String
  }
  struct Limits: Encodable {
    var medianAbsoluteError, p90AbsoluteError, residentSetError, recomputeError: Double
    var memoryBytes = 0
    var counts = 0
  }
  struct Row: Encodable {
    var `case`, operation, scheme, scope, size: String
    var predictedSeconds, measuredSeconds, errorFraction: Double
    var predictedByProfileSeconds: Double
    var predictedOrder, measuredOrder: Int
    var memorySeconds, arithmeticSeconds, productSeconds, startSeconds: Double
    var sampleSeconds: [Double]
    var drift: [String: Double]
    var suspect: String
  }
  struct Memory: Encodable {
    var `case`: String
    var predictedBytes, measuredBytes: Int
    var predictedByPurposeBytes, measuredByPurposeBytes: [String: Int]
    var residentBytes: Int?
  }
  struct Count: Encodable {
    var `case`, operation, quantity: String
    var predicted, counted: Int
  }
  struct Check: Encodable {
    var name: String
    var factor, limit: Double
  }
  struct Sweep: Encodable {
    var `case`: String
    var plannedBlockLayers: Int
    var plannedBlocks: [Int]
    var promisedBytes, savedBytes: Int
    var isMeasuredMinimum: Bool
    var rows: [Choice]

    struct Choice: Encodable {
      var blocks: String
      var predictedBytes, measuredBytes: Int
      var predictedSeconds, measuredSeconds: Double
      var predictedPriceFraction, measuredPriceFraction, priceNoiseFraction: Double?
      var isPriceAboveNoise: Bool?
      var sampleSeconds: [Double]
    }
  }
  struct Summary: Encodable {
    var medianAbsoluteError, p90AbsoluteError: Double?
    var medianError: Double?
    var worstAbsoluteError: Double?
    var worstCase: String?
    var samples: Int
    var byProfile: Group?
    var groups: [String: [String: Group]]

    struct Group: Encodable {
      var medianError, medianAbsoluteError, p90AbsoluteError, worstAbsoluteError: Double
      var worstCase: String
      var samples: Int
    }
  }
}

extension ValidateDocument {
  init(_ report: ValidationReport, request: Request, rates: MachineRates) {
    self.request = request
    assumptions = Assumption.allCases.map { "\($0.rawValue): \($0.statement)" }
    excluded = ["page faults and first touches: every case is run once before it is timed"]
    let identity = rates.identity
    machine = Machine(
      processor: identity.processor, cores: identity.cores, instructionSet: identity.instructionSet,
      openBLAS: identity.openBLAS, measured: identity.date)
    let limits = report.limits
    self.limits = Limits(
      medianAbsoluteError: limits.medianAbsoluteError, p90AbsoluteError: limits.p90AbsoluteError,
      residentSetError: limits.residentSetError, recomputeError: ValidationReport.recomputeError)
    rows = report.times.map { row in
      Row(
        case: row.name, operation: row.operation, scheme: row.scheme, scope: row.scope.rawValue, size: row.size,
        predictedSeconds: row.predicted.value, measuredSeconds: row.measured.value, errorFraction: row.error,
        predictedByProfileSeconds: row.byProfile.value, predictedOrder: row.predictedAs,
        measuredOrder: row.measuredAs,
        memorySeconds: row.parts.memory.value,
        arithmeticSeconds: row.parts.arithmetic.value, productSeconds: row.parts.products.value,
        startSeconds: row.parts.starts.value, sampleSeconds: row.samples.map(\.value),
        drift: Dictionary(uniqueKeysWithValues: row.drift.factors.map { ($0.key.rawValue, $0.value) }),
        suspect: Assumption.suspect(of: row).rawValue)
    }
    memory = report.memory.map { row in
      func named(_ bytes: [Purpose: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: bytes.map { ($0.key.rawValue, $0.value) })
      }
      return Memory(
        case: row.name, predictedBytes: row.predictedBytes, measuredBytes: row.measuredBytes,
        predictedByPurposeBytes: named(row.predicted), measuredByPurposeBytes: named(row.measured),
        residentBytes: row.residentBytes)
    }
    flops = report.counts.map {
      Count(
        case: $0.name, operation: $0.operation, quantity: $0.quantity.rawValue, predicted: $0.predicted,
        counted: $0.counted)
    }
    profile = report.profile.map { Check(name: $0.name, factor: $0.factor, limit: $0.limit) }
    sweep = report.sweep.map { sweep in
      Sweep(
        case: sweep.name, plannedBlockLayers: sweep.plannedSize, plannedBlocks: sweep.plannedBlocks,
        promisedBytes: sweep.promisedBytes, savedBytes: sweep.savedBytes, isMeasuredMinimum: sweep.isOptimal,
        rows: sweep.rows.map { row in
          let price = sweep.price(row)
          return Sweep.Choice(
            blocks: row.blocks, predictedBytes: row.predictedBytes, measuredBytes: row.measuredBytes,
            predictedSeconds: row.predicted.value, measuredSeconds: row.measured.value,
            predictedPriceFraction: price?.predicted, measuredPriceFraction: price?.measured,
            priceNoiseFraction: price?.noise, isPriceAboveNoise: price?.isAboveNoise,
            sampleSeconds: row.samples.map(\.value))
        })
    }
    summary = Summary(report)
    failures = report.failures
  }
}

extension ValidateDocument.Summary {
  init(_ report: ValidationReport) {
    let all = report.summary
    medianAbsoluteError = all?.medianAbsoluteError
    p90AbsoluteError = all?.p90AbsoluteError
    medianError = all?.medianError
    worstAbsoluteError = all?.worstAbsoluteError
    worstCase = all?.worstRow
    samples = all?.samples ?? 0
    byProfile = report.summaryByProfile.map { Group($0) }
    groups = [:]
    for (title, summaries) in report.groups {
      for one in summaries { groups[title, default: [:]][one.name] = Group(one) }
    }
  }
}

extension ValidateDocument.Summary.Group {
  init(_ one: ErrorSummary) {
    self.init(
      medianError: one.medianError, medianAbsoluteError: one.medianAbsoluteError,
      p90AbsoluteError: one.p90AbsoluteError, worstAbsoluteError: one.worstAbsoluteError,
      worstCase: one.worstRow, samples: one.samples)
  }
}
