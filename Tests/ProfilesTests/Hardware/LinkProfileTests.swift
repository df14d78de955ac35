import CostModel
import Quantities
import Testing

@testable import Profiles

/// What one device can send to one other, as a profile says it.
@Suite struct `The key interconnect.linkBytesPerSecond` {
  /// A device whose domain has 5 GB/s; `link` goes in as it stands.
  private func load(_ link: String) throws(ProfileError) -> Interconnect? {
    let text = """
      {
        "schema": "mhc-plan/hardware/1", "name": "mine", "title": "My device",
        "memory": {
          "capacityBytes": {"value": 1024, "kind": "measured", "source": "s"},
          "bandwidthBytesPerSecond": {"value": 2e9, "kind": "datasheet", "source": "s"},
          "efficiency": {"low": 0.5, "expected": 0.625, "high": 0.75, "kind": "assumed", "source": "s"},
          "writeAllocate": {"value": true, "kind": "assumed", "source": "s"}
        },
        "matrix": {
          "peakFLOPsPerSecond": {"bf16": {"value": 3e12, "kind": "datasheet", "source": "s"}},
          "efficiency": {"low": 0.25, "expected": 0.375, "high": 1, "kind": "measured", "source": "s"},
          "attentionEfficiency": {"low": 0.125, "expected": 0.25, "high": 0.5, "kind": "assumed", "source": "s"}
        },
        "vector": {"peakFLOPsPerSecond": {"value": 4e11, "kind": "datasheet", "source": "s"}},
        "kernelLatencySeconds": {"low": 0, "expected": 1e-6, "high": 2e-6, "kind": "measured", "source": "s"},
        "interconnect": {
          "name": "wire", "bandwidthBytesPerSecond": {"value": 5e9, "kind": "datasheet", "source": "a"}, \(link)
          "devices": {"value": 6, "kind": "datasheet", "source": "b"},
          "networkBytesPerSecond": {"value": 6e9, "kind": "assumed", "source": "c"}
        }
      }
      """
    return try HardwareSource.read(Array(text.utf8), from: .file("mine.json")).interconnect
  }

  @Test func `arrives with its kind and source; without it a peer gets the whole bandwidth`() throws {
    let meshed = try #require(
      try load("\"linkBytesPerSecond\": {\"value\": 1e9, \"kind\": \"measured\", \"source\": \"m\"},"))
    #expect(meshed.linkBandwidth == Sourced(BytesPerSecond(1e9), kind: .measured, source: "m"))
    #expect(meshed.fanOut == 5)
    for absent in ["", "\"linkBytesPerSecond\": null,"] {
      let switched = try #require(try load(absent))
      #expect(switched.linkBandwidth == nil && switched.fanOut == 1)
    }
    let whole = try #require(
      try load("\"linkBytesPerSecond\": {\"value\": 5e9, \"kind\": \"assumed\", \"source\": \"m\"},"))
    #expect(whole.fanOut == 1)
  }

  @Test(arguments: [
    ("0", "found 0"), ("-1e9", "found -1"), ("0.5", "found 0.5"), ("5000000001", "found 5000000001"),
    ("1e300", "found 1e+300"), ("\"NaN\"", "found \"NaN\""), ("true", "found true"),
  ]) func `is refused unless it is from 1 to the bandwidth`(value: String, found: String) {
    let error = #expect(throws: ProfileError.self) {
      try load("\"linkBytesPerSecond\": {\"value\": \(value), \"kind\": \"assumed\", \"source\": \"m\"},")
    }
    #expect(error?.key == "interconnect.linkBytesPerSecond.value")
    #expect(
      error?.problem.hasPrefix("expected a number from 1.0 to 5000000000.0, \(found)") == true,
      "\(error?.problem ?? "")")
  }

  @Test(arguments: ["NaN", "Infinity", "1e999"]) func `is refused where it is no number at all`(value: String) {
    let error = #expect(throws: ProfileError.self) {
      try load("\"linkBytesPerSecond\": {\"value\": \(value), \"kind\": \"assumed\", \"source\": \"m\"},")
    }
    #expect(error?.problem.hasSuffix(", found \(value)") == true && error?.key == "", "\(error?.description ?? "")")
  }

  @Test func `needs a kind and a source, and is told from a misspelt one`() {
    func told(_ link: String) -> String {
      do throws(ProfileError) {
        _ = try load(link)
        return "no error"
      } catch {
        return error.description
      }
    }
    #expect(told("\"linkBytesPerSecond\": 1e9,").contains("interconnect.linkBytesPerSecond: expected an object"))
    #expect(
      told("\"linkBytesPerSecond\": {\"value\": 1e9, \"kind\": \"assumed\"},")
        .contains("interconnect.linkBytesPerSecond.source: expected a text"))
    #expect(told("\"linkBytesPerSec\": {},").contains("did you mean \"linkBytesPerSecond\"?"))
  }
}
