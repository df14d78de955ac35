public import CostModel

/// Reads hardware profiles: built-in ones and files of the same format.
public enum HardwareSource {
  /// The device that a `--hardware` argument names.
  ///
  /// - Parameter argument: A built-in name, a path to a profile, or `-` for the standard input. A built-in name comes
  ///   before a file of the same name.
  /// - Returns: The device.
  /// - Throws: One ``ProfileError`` for a name or file that is not there, or a document that is not a profile.
  public static func load(_ argument: String) throws(ProfileError) -> Hardware {
    try loadMeasured(argument).hardware
  }

  /// The device that a `--hardware` argument names, with the rates that were measured on it.
  ///
  /// - Parameter argument: A built-in name, a path to a profile, or `-` for the standard input. A built-in name comes
  ///   before a file of the same name.
  /// - Returns: The device, and its rates where the profile has them.
  /// - Throws: One ``ProfileError`` for a name or file that is not there, or a document that is not a profile.
  public static func loadMeasured(_ argument: String) throws(ProfileError) -> MeasuredHardware {
    let (bytes, origin) = try BuiltInHardware.table.bytes(for: argument)
    return try readMeasured(bytes, from: origin)
  }

  /// The device that a document describes.
  ///
  /// - Parameters:
  ///   - bytes: A profile in the format `mhc-plan/hardware/1`: JSON in UTF-8.
  ///   - origin: Where the bytes come from, for messages.
  /// - Returns: The device.
  /// - Throws: One ``ProfileError`` for a document that is not a profile.
  public static func read(_ bytes: [UInt8], from origin: ProfileOrigin) throws(ProfileError) -> Hardware {
    try readMeasured(bytes, from: origin).hardware
  }

  /// The device that a document describes, with the rates that were measured on it.
  ///
  /// - Parameters:
  ///   - bytes: A profile in the format `mhc-plan/hardware/1`: JSON in UTF-8.
  ///   - origin: Where the bytes come from, for messages.
  /// - Returns: The device, and its rates where the profile has them.
  /// - Throws: One ``ProfileError`` for a document that is not a profile.
  public static func readMeasured(_ bytes: [UInt8], from origin: ProfileOrigin) throws(ProfileError) -> MeasuredHardware
  {
    let (hardware, rates) = try HardwareProfile.read(try ObjectReader(bytes: bytes, file: origin.description))
    return MeasuredHardware(hardware: hardware, rates: rates, origin: origin)
  }
}
