import Foundation
import TestSupport
import Testing

/// Profiles that are given by their path, as the documentation has them.
@Suite struct `An example profile` {
  /// xHC (arXiv:2607.14530): 18B parameters, 1.7B active, about +15 % with mHC's four streams.
  @Test func `has the counts that are published of xHC's model, and a range that holds its overhead`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    let profile = root.appending(path: "profiles/examples/xhc-18b.json").path
    let layout = ["--hardware", "h100-sxm", "--data", "32", "--expert", "8", "--global-batch", "256"]
    let document = try Tool.run(["plan", profile, "--fusion", "unfused", "--json"] + layout).document()
    let parameters = try #require(document["model"]?["parameters"])
    #expect(((parameters["total"]?.double ?? 0) / 1e9).rounded() == 18)
    #expect(((parameters["active"]?.double ?? 0) / 1e8).rounded() == 17)
    let overhead = try #require(document["time"]?["overheadFraction"])
    #expect((overhead["low"]?.double ?? 1) < 0.15 && 0.15 < (overhead["high"]?.double ?? 0))
  }
}
