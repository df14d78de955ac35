import CostModel
import Quantities
import Testing

@testable import Measurement

@Suite struct `What the system tells` {
  @Test func `The processor is its name with family, model and stepping, of the first entry`() {
    let text = """
      processor\t: 0
      model name\t: AMD EPYC: 9\t
      cpu family\t: 25
      model\t\t: 17
      stepping\t: 1

      processor\t: 1
      model name\t: Another
      """
    #expect(ProcessorFiles.processor(text) == "AMD EPYC: 9 (family 25, model 17, stepping 1)")
    #expect(ProcessorFiles.processor("CPU implementer\t: 0x41\nCPU part\t: 0xd40") == "implementer 0x41, part 0xd40")
    #expect(ProcessorFiles.processor("") == "unknown")
    #expect(ProcessorFiles.processor("garbage\n:::\n\u{0}") == "unknown")
  }

  @Test func `Sizes and lists of processors are read, anything else is nothing`() {
    #expect(["32K", "2M", "1G", "64"].map(ProcessorFiles.bytes) == [32768, 2_097_152, 1_073_741_824, 64])
    for text in ["", "K", "-1K", "0K", "32KB", "9999999999999999999K", "1.5M"] {
      #expect(ProcessorFiles.bytes(text) == nil, "\(text)")
    }
    #expect(["0", "0-3", "0-3,8", "0,2,4-5"].map(ProcessorFiles.count) == [1, 4, 5, 4])
    for text in ["", "a", "3-1", "0-1-2", "0-99999999999"] { #expect(ProcessorFiles.count(text) == nil, "\(text)") }
  }

  @Test func `Load is what others took: busy less one's own, over all time`() throws {
    // In ticks of 0.01 s: user, nice, system, idle, iowait, irq, softirq, steal.
    let start = try #require(
      ProcessorLoad.Counters(stat: "cpu  100 0 50 1000 10 0 5 20 0 0\ncpu0 1", ticksPerSecond: 100, own: 1))
    let end = try #require(
      ProcessorLoad.Counters(stat: "cpu  500 0 150 1400 10 0 5 120 0 0\n", ticksPerSecond: 100, own: 4))
    // 10 s passed: 5 busy of which 3 are one's own, 1 stolen, 4 idle.
    let load = try #require(ProcessorLoad(from: start, to: end))
    #expect((load.others - 0.2).magnitude < 1e-12)
    #expect((load.stolen - 0.1).magnitude < 1e-12)
    #expect(ProcessorLoad(from: start, to: start) == nil)
    #expect(ProcessorLoad(from: nil, to: end) == nil)
  }

  @Test(arguments: ["", "cpu", "cpu  1 2 3", "intr 1 2 3 4 5 6 7 8", "cpu  a b c d e f g h"])
  func `Another format tells nothing`(stat: String) {
    #expect(ProcessorLoad.Counters(stat: stat, ticksPerSecond: 100, own: 0) == nil)
  }

  @Test func `This machine has a processor, memory and caches that rise with their level`() {
    let identity = ThisMachine.identity()
    #expect(identity.cores >= 1 && !identity.processor.isEmpty && identity.date.count == 10)
    #expect(ThisMachine.memory.count > 1 << 20)
    #expect(identity.caches.map(\.level) == identity.caches.map(\.level).sorted())
    #expect(identity.differences(from: ThisMachine.identity()).isEmpty)
  }
}
