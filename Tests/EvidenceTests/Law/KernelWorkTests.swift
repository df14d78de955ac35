import Quantities
import Testing

@testable import Evidence

/// Bytes by hand, from the tensors that the kernels' authors name: bf16 streams, fp32 coefficients, fp32 φ once a call.
@Suite struct `Bytes of a timed operation` {
  private static let (n, channels, tokens) = (4, 4096, 1000)

  @Test(arguments: [
    // x (nC) in bf16 and φ (nC × 24), the projection's 24 outputs and a norm in fp32.
    (TimedOperation.projectionForward, "triton", 1000 * (4 * 4096 * 2 + 25 * 4) + 24 * 4 * 4096 * 4),
    (.projectionForward, "tilelang", 1000 * (4 * 4096 * 2 + 25 * 4) + 24 * 4 * 4096 * 4),
    // x, and the stream's gradient both ways.
    (.projectionBackward, "triton", 1000 * (3 * 4 * 4096 * 2 + 25 * 4) + 2 * 24 * 4 * 4096 * 4),
    (.aggregateForward, "triton", 1000 * (5 * 4096 * 2 + 4 * 4)),
    // A gradient of its own, or one added to: nC more to read.
    (.aggregateBackward, "triton", 1000 * (9 * 4096 * 2 + 2 * 4 * 4)),
    (.aggregateBackward, "tilelang", 1000 * (13 * 4096 * 2 + 2 * 4 * 4)),
    (.postForward, "triton", 1000 * (9 * 4096 * 2 + 20 * 4)),
    (.post, "vllm", 1000 * (9 * 4096 * 2 + 20 * 4)),
    (.postBackward, "tilelang", 1000 * (14 * 4096 * 2 + 2 * 20 * 4)),
  ]) func `is that of its tensors`(operation: TimedOperation, source: String, bytes: Int) throws {
    #expect(try work(operation, source).bytes == Double(bytes))
  }

  @Test func `of pre is two passes over the streams, one of them the projection's`() throws {
    let pre = try work(.pre, "vllm")
    #expect(pre.matrixBytes == Double(1000 * (4 * 4096 * 2 + 25 * 4) + 24 * 4 * 4096 * 4))
    // The pre-mix, and coefficients in and out of three small steps: under a percent.
    #expect(pre.otherBytes > Double(1000 * 5 * 4096 * 2))
    #expect(pre.otherBytes < 1.01 * Double(1000 * 5 * 4096 * 2))
  }

  @Test func `beyond 64 bits is refused`() {
    #expect(throws: OverflowError.self) {
      try KernelWork(measurement(.post, "vllm", tokens: 1 << 60, channels: 1 << 24))
    }
  }

  private func work(_ operation: TimedOperation, _ source: String) throws -> KernelWork {
    try KernelWork(measurement(operation, source, tokens: Self.tokens, channels: Self.channels))
  }

  private func measurement(
    _ operation: TimedOperation, _ source: String, tokens: Int, channels: Int
  ) -> Measurement {
    Measurement(
      source: source, version: "", system: "b200", operation: operation, streams: Self.n, channels: channels,
      tokens: tokens, time: Seconds(1))
  }
}
