import Foundation
import Testing

@testable import LayerRuntime

@Suite struct OpenBLASTests {
  @Test(arguments: [
    // It takes a processor that it does not know for one of 2004.
    ("Prescott", "avx512-amx", "SkylakeX"), ("Prescott", "avx512", "SkylakeX"), ("prescott", "avx2", "Haswell"),
    ("Barcelona", "avx2", "Haswell"), ("Sandybridge", "avx512-bf16", "SkylakeX"),
  ]) func `a core older than the processor is not left at that`(_ core: String, _ variant: String, _ better: String) {
    #expect(OpenBLASLibrary.betterCore(than: core, variant: variant) == better)
  }

  @Test(arguments: [
    ("Haswell", "avx512"), ("Zen", "avx512-bf16"), ("SapphireRapids", "avx512-amx"), ("Prescott", "baseline"),
    ("neoversen1", "neon"), ("a core of the future", "avx512"), ("", "avx2"),
  ]) func `any other is`(_ core: String, _ variant: String) {
    #expect(OpenBLASLibrary.betterCore(than: core, variant: variant) == nil)
  }

  @Test func `the library that is loaded has kernels as new as ours, unless it was told otherwise`() throws {
    guard let library = try? OpenBLAS.load() else { return }
    let better = OpenBLASLibrary.betterCore(than: library.coreName, variant: KernelVariant.best.name)
    #expect(better == nil || ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil)
  }
}
