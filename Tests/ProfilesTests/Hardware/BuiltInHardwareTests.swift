import CostModel
import FoundationEssentials
import Testing

@testable import Profiles

/// The files, found from this one: what is in the program is compared with what is in the folder.
private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../profiles/hardware")

@Suite struct `The built-in devices` {
  @Test func `They have the names that scripts rely on, and one measured CPU`() {
    #expect(
      BuiltInHardware.names == [
        "a100-80gb", "h100-sxm", "h800", "h200", "b200", "gb200", "b300", "gb300", "mi300x", "mi355x", "l40s",
        "ascend-910b", "cpu-zen4-example",
      ])
  }

  @Test func `Every file of profiles/hardware is one of them, whole, under its own name`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    #expect(files.sorted() == BuiltInHardware.names.map { "\($0).json" }.sorted())
    for name in BuiltInHardware.names {
      let bytes = try Data(contentsOf: folder.appending(path: "\(name).json"))
      #expect(try HardwareSource.read(Array(bytes), from: .file(name)) == HardwareSource.load(name))
      #expect(try HardwareSource.load(name).name == name)
    }
  }

  @Test(arguments: BuiltInHardware.names) func `Every number of the file has a kind and a source`(name: String) throws {
    let provenance = try HardwareSource.load(name).provenance
    let text = String(decoding: try Data(contentsOf: folder.appending(path: "\(name).json")), as: UTF8.self)
    let numbers = text.split(separator: "\n").count { $0.contains("\"value\":") || $0.contains("\"low\":") }
    #expect(provenance.count == numbers)
    #expect(provenance.allSatisfy { $0.source.contains { $0.isLetter } })
    #expect(Set(provenance.map(\.key)).count == provenance.count)
  }

  @Test func `A name that is nearly one suggests it, and one that is not lists them all`() {
    #expect(throws: ProfileError.self) { try HardwareSource.load("h100-smx") }
    #expect(message { () throws(ProfileError) in _ = try HardwareSource.load("mi-300-x") }.contains("\"mi300x\"?"))
    let listed = message { () throws(ProfileError) in _ = try HardwareSource.load("tpu-v5p") }
    #expect(BuiltInHardware.names.allSatisfy { listed.contains($0) })
    #expect(
      message { () throws(ProfileError) in _ = try HardwareSource.load("/no/such.json") }.contains("/no/such.json"))
  }

  private func message(_ read: () throws(ProfileError) -> Void) -> String {
    do throws(ProfileError) {
      try read()
      return ""
    } catch {
      return error.description
    }
  }
}
