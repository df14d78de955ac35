import CostModel
import Planner
import Quantities
import Testing

/// mHC with one stream against the residual it reduces to, on llama-3-8b: 64 residual layers, C = 4096, 8192 tokens.
@Suite struct OneStreamTests {
  private let layout = Layout(data: 4, sequence: 8192, globalBatch: 16)

  private func planner(_ connection: Connection) throws -> Planner {
    let setup = TrainingSetup(
      connection: connection, streams: 1, fusion: connection == .residual ? .unfused : .paper, streamRecompute: .stored)
    return try Planner.named("llama-3-8b", setup, sequence: 8192)
  }

  @Test func `one stream holds a residual's, and outputs, inputs, coefficients and parameters besides`() throws {
    let (one, residual) = (try planner(.manifold), try planner(.residual))
    let (a, b) = (try one.plan(layout).stages[0], try residual.plan(layout).stages[0])
    let (more, less) = (try one.memory(of: a, in: layout), try residual.memory(of: b, in: layout))
    func difference(_ part: MemoryPart) -> Int { more.bytes(part).count - less.bytes(part).count }
    // H_post's input y, the input u beside x, and 3 + 3 + 1 fp32 numbers a token; 3C + 3 + 3 parameters a layer.
    let parameters = 64 * (3 * 4096 + 6)
    let expected: [MemoryPart: Int] = [
      .layerOutputs: 64 * 8192 * 2 * 4096, .layerInputs: 64 * 8192 * 2 * 4096, .coefficients: 64 * 8192 * 4 * 7,
      .weights: 4 * parameters, .gradients: 4 * parameters, .optimizer: 8 * parameters / 4,
    ]
    for part in MemoryPart.allCases { #expect(difference(part) == expected[part] ?? 0, "\(part)") }
  }

  @Test func `one stream moves what the fused kernels move, and a residual its merge`() throws {
    let (one, residual) = (try planner(.manifold), try planner(.residual))
    let more = try one.work(of: one.plan(layout).stages[0], in: layout)
    let less = try residual.work(of: residual.plan(layout).stages[0], in: layout)
    let (T, C) = (8192, 4096)
    // Forward (3n+1)C against 2C, backward (6n+2)C against 2C; 8 and 17 coefficients; phi twice, alpha and b thrice.
    let read = T * (2 * ((4 - 2) + (8 - 2)) * C + 4 * (8 + 17)) + 4 * (2 * 3 * C + 6 + 2 + 6)
    // Forward (n+1)C against C, backward (3n+1)C against C; 8 and 8 coefficients; the parameters' gradients once.
    let written = T * (2 * ((2 - 1) + (4 - 1)) * C + 4 * (8 + 8)) + 4 * (3 * C + 6)
    #expect(more.connectionRead.count - less.connectionRead.count == 64 * read)
    #expect(more.connectionWritten.count - less.connectionWritten.count == 64 * written)
    #expect(more.layerFLOPs == less.layerFLOPs)
  }
}
