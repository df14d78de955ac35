import Quantities

/// Devices by the names that tables of measurements use.
public struct DeviceTable: Sendable {
  /// The devices, in the order of the file.
  public let devices: [Device]

  /// A table of these devices.
  public init(_ devices: [Device]) { self.devices = devices }

  /// A sixteenth of the memory, and of what moves, is check bits where they share the data's bus.
  ///
  /// HBM has wires of its own for them.
  static let inlineShare = 1.0 / 16

  private static let columns = [
    "device", "aliases", "capability", "busBits", "memoryMegahertz", "inlineECC", "multiprocessors", "clockMegahertz",
    "source",
  ]

  /// The devices of a file of bus widths and clocks.
  ///
  /// B is the bus at two transfers a clock, which data sheets round: the B200 and the GB200 are both printed as 8 TB/s
  /// and differ by 3 %.
  static func read(_ bytes: [UInt8], file: String) throws(EvidenceError) -> DeviceTable {
    let table = try CSVTable(bytes, file: file)
    let columns = try CSVColumns(table, names: columns)
    var devices: [Device] = []
    for record in table.records {
      let bits = try columns.int("busBits", record, in: 1...65536)
      let megahertz = try columns.int("memoryMegahertz", record, in: 1...100_000)
      let isInline = try columns.int("inlineECC", record, in: 0...1) == 1
      let processors = try columns.int("multiprocessors", record, in: 1...10000)
      let clock = try columns.int("clockMegahertz", record, in: 1...100_000)
      let bus = Double(bits) / 8 * 2 * Double(megahertz) * 1e6
      devices.append(
        Device(
          name: try columns.text("device", record),
          aliases: try columns.text("aliases", record).split(separator: " ").map(String.init),
          capability: try columns.int("capability", record, in: 10...999),
          bandwidth: BytesPerSecond(isInline ? bus * (1 - inlineShare) : bus),
          multiprocessors: processors, cyclesPerSecond: Double(processors) * Double(clock) * 1e6,
          source: try columns.text("source", record, limit: 1000)))
    }
    return DeviceTable(devices)
  }

  /// The device that a table's system names, by its own name or an alias; nil for one that is not known.
  public func device(named system: String) -> Device? {
    let name = system.lowercased()
    return devices.first { $0.name == name || $0.aliases.contains(name) }
      ?? devices.first { $0.name.filter { $0 != "-" } == name.filter { $0 != "-" && $0 != "_" } }
  }

  /// The same table with a device put first, in place of one of the same name.
  public func replacing(_ device: Device) -> DeviceTable {
    DeviceTable([device] + devices.filter { $0.name != device.name })
  }
}
