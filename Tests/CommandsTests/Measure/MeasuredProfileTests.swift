import ArgumentParser
import CostModel
import FoundationEssentials
import Measurement
import Planner
import Profiles
import Quantities
import TestSupport
import Testing

@testable import Commands

@Suite struct `A measured machine` {
  private static func document() throws -> (rates: MachineRates, hardware: Hardware, text: String) {
    let rates = try SyntheticMachine.rates()
    let hardware = try #require(Hardware(measured: rates, memory: Bytes(1 << 34)))
    let request = HardwareDocument.Request(effort: "quick", threads: 2)
    return (rates, hardware, try HardwareDocument(hardware, rates: rates, request: request).jsonText())
  }

  @Test func `is printed as a profile and read as the same machine`() throws {
    let (rates, hardware, text) = try Self.document()
    #expect(text.hasPrefix("{\n  \"schema\" : \"mhc-plan/hardware/1\",\n"))
    let read = try HardwareSource.readMeasured(Array(text.utf8), from: .standardInput)
    // Said with a word: the two would fill pages.
    #expect((read.rates == rates) as Bool, "other rates")
    #expect((read.hardware == hardware) as Bool, "another device")
    // Once more: what was read is printed as it was.
    let again = HardwareDocument(
      read.hardware, rates: read.rates, request: HardwareDocument.Request(effort: "quick", threads: 2))
    #expect(try again.jsonText() == text)
  }

  @Test func `has the roofline of its most threads and its largest arrays`() throws {
    let (_, hardware, _) = try Self.document()
    // At 32 MiB on two threads: reads 1e6 B in 3 ms; copies 3e6 and 2e6 B on the bus in 6 and 4 ms.
    #expect((hardware.memoryBandwidth.value.value / 5e8 - 1).magnitude < 1e-9)
    let efficiency = hardware.memoryEfficiency.value
    #expect((efficiency.low - 2.0 / 3).magnitude < 1e-9 && efficiency.high == 1)
    #expect((efficiency.expected - 1).magnitude < 1e-9)
    #expect(hardware.hasWriteAllocate == Sourced(true, kind: .measured, source: hardware.hasWriteAllocate.source))
    // 2·64·64·32 FLOPs ten times in 1 ms; 2·512·64·32 ten times in 400 ms.
    #expect((hardware.matrixPeak[.float32]?.value.value ?? 0) / 2.62144e9 - 1 < 1e-9)
    #expect((hardware.matrixEfficiency.value.expected - 0.02).magnitude < 1e-9)
    #expect((hardware.vectorPeak.value.value / (2 * 1_048_576 / 0.5e-3) - 1).magnitude < 1e-9)
    #expect(
      hardware.kernelLatency.value.expected == Seconds(1e-6) && hardware.kernelLatency.value.high == Seconds(2e-5))
    #expect(hardware.name == "measured-acme-cruncher-9-2-cores")
    #expect(hardware.memoryCapacity.value == Bytes(1 << 34))
  }

  @Test func `without OpenBLAS has an assumed matrix peak, without memory rates is no device`() throws {
    var rates = try SyntheticMachine.rates()
    rates.products = []
    let hardware = try #require(Hardware(measured: rates, memory: Bytes(1 << 34)))
    #expect(hardware.matrixPeak[.float32]?.kind == .assumed && hardware.matrixEfficiency.kind == .assumed)
    rates.memory = []
    #expect(Hardware(measured: rates, memory: Bytes(1 << 34)) == nil)
  }

  @Test func `is shown with a median and a spread for every probe`() throws {
    let (rates, hardware, _) = try Self.document()
    let text = MeasureText(rates: rates, hardware: hardware, isKept: false).text
    let lines = text.split(separator: "\n").map(String.init)
    // 2e6 B in 2 ms, and in 8; the quartiles of 0.875, 1 and 1.125 lie 0.125 apart.
    func shows(_ label: String, _ cells: String...) -> Bool {
      lines.contains {
        $0.hasPrefix(label + " ")
          && $0.dropFirst(label.count).split(separator: " ").map(String.init) == cells + ["12.5", "%"]
      }
    }
    #expect(shows("1 : 1 streaming", "1.0", "0.3"))
    // 2e6 B in 6 ms, and in 24.
    #expect(shows("1 : 1 ordinary, rows of 1.00 KiB", "0.3", "0.1"))
    #expect(shows("1 : 1 ordinary, 4 multiply-adds", "0.5", "0.1"))
    #expect(lines.contains { $0.hasPrefix("3 samples of each of \(rates.probeCount) probes") })
    #expect(
      lines.contains { $0.hasPrefix("64×32 · 32×64, right-transposed") && $0.hasSuffix("2.62       2.62  12.5 %") })
    for work in VectorWork.allCases { #expect(lines.contains { $0.hasPrefix(work.rawValue + " ") }) }
    #expect(lines.contains { $0.hasPrefix("idle") && $0.contains("20.0") })
    #expect(lines.last?.hasPrefix("Not kept: --out FILE") == true)
    #expect(!MeasureText(rates: rates, hardware: hardware, isKept: true).text.contains("--out"))
  }

  @Test func `mutated gives whole rates and a whole plan, or one line that says what is wrong`() throws {
    let mutation = try Mutation(try Self.document().text)
    let model = try ModelSource.read(Array(SmallConfigs.deepSeekV4.utf8), from: .file("x.json"))
    let command = try #require(
      try MHCPlan.parseAsRoot(["plan", "-", "--hardware", "h200"]) as? PlanCommand)
    let seeds = ProcessInfo.processInfo.environment["MUTATIONS_PER_DOCUMENT"].flatMap { UInt64($0) } ?? 100
    var (read, errors): (UInt64, Set<String>) = (0, [])
    let mix = try #require(MemoryMix(reads: 5, writes: 4))
    let shape = try #require(ProductShape(rows: 100, columns: 24, inner: 4096))
    for seed in 0..<seeds {
      do throws(ProfileError) {
        let profile = try HardwareSource.readMeasured(mutation.bytes(seed: seed), from: .file("x.json"))
        read += 1
        guard let rates = profile.rates else { continue }
        for threads in rates.threadCounts {
          let memory = rates.memoryRate(mix, workingSet: Bytes(1 << 22), threads: threads)?.value
          let product = rates.productRate(shape, threads: threads)?.value
          for rate in [memory, product].compactMap({ $0 }) where !(rate > 0 && rate.isFinite) {
            Issue.record("seed \(seed): \(rate)")
          }
        }
        _ = Hardware(measured: rates, memory: Bytes(1))
        if seed.isMultiple(of: 16), (try? command.plan(model, on: profile.hardware)) == nil {
          errors.insert("no plan")
        }
      } catch {
        errors.insert(error.problem)
        if error.description.contains(where: \.isNewline) || error.description.utf8.count > 1000 {
          Issue.record("seed \(seed): \(error)")
        }
      }
    }
    // Mutations that break everything, or nothing, would test nothing.
    #expect(read > seeds / 100 && errors.count > min(50, seeds / 10))
  }
}
