import Planner
import Testing

@testable import FrameworkSettings

@Suite struct `A sequence over context-parallel devices` {
  /// 4095 tokens over 3 devices: 1365 each, which are not two equal pieces.
  private static func odd(globalBatch: Int) -> Case {
    var example = Case("mhc-27b", data: 4, expert: 4)
    (example.layout.context, example.layout.sequence, example.layout.globalBatch) = (3, 4095, globalBatch)
    return example
  }

  @Test(arguments: [Framework.megatronMain, .megatronDev, .megatronBridge])
  func `is two pieces a device, or other devices`(framework: Framework) throws {
    let found = try Self.odd(globalBatch: 48).settings(framework)
    let item = try #require(found.compromises.first { $0.asked == "4095 tokens over context 3" })
    // Of 3 devices' worth: context 3 it is not, and 32 heads do not divide by 3.
    #expect(item.nearest == "data 12, tensor 1, context 1")
    #expect(item.reason.contains("a multiple of 2 × context = 6 tokens"))
    #expect(found.nearest.layout.context == 1 && found.nearest.layout.data == 12)
  }

  @Test func `is refused where nothing else exists`() throws {
    // 64 sequences do not divide by 12.
    let found = try Self.odd(globalBatch: 64).settings(.megatronDev)
    let item = try #require(found.compromises.first { $0.asked == "4095 tokens over context 3" })
    #expect(item.nearest == nil)
    #expect(found.lines.contains("--context-parallel-size 3"))
  }

  @Test func `is as it is where it divides, and for MindSpeed's ulysses`() throws {
    #expect(try !Self.odd(globalBatch: 48).settings(.mindSpeed).compromises.contains { $0.asked.contains("context") })
    // 4098 = 2 × 3 × 683.
    var even = Self.odd(globalBatch: 48)
    even.layout.sequence = 4098
    let found = try even.settings(.megatronDev)
    #expect(found.compromises.isEmpty && found.lines.contains("--context-parallel-size 3"))
  }

  @Test func `is not what a pipeline becomes where it does not divide`() throws {
    // Three stages on main: 4095 tokens over context 3 are 1365 each, 24 replicas take no 8 sequences, and 32 heads do
    // not divide by 3.
    var example = Case("mhc-27b", data: 8, pipeline: 3, expert: 8)
    (example.layout.sequence, example.layout.globalBatch) = (4095, 8)
    let found = try example.settings(.megatronMain)
    #expect(found.compromises.count { $0.asked == "3 pipeline stages" && $0.nearest == nil } == 1)
    // 4098 tokens over context 3 are 1366 each.
    example.layout.sequence = 4098
    let even = try example.settings(.megatronMain)
    #expect(even.compromises.count { $0.nearest == "1 stage, data 8, tensor 1, context 3" } == 1)
  }
}
