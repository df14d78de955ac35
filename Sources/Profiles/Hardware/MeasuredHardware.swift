public import CostModel

/// A hardware profile with what `mhc-plan measure` adds to it.
public struct MeasuredHardware: Hashable, Sendable {
  /// The device as a plan takes it.
  public var hardware: Hardware
  /// The rates that were measured; nil for a profile that was written by hand or is built in.
  public var rates: MachineRates?
  /// Where it was read from, for messages.
  public var origin: ProfileOrigin

  /// A profile and its rates.
  public init(hardware: Hardware, rates: MachineRates?, origin: ProfileOrigin) {
    self.hardware = hardware
    self.rates = rates
    self.origin = origin
  }

  /// The rates, if they are those of a machine.
  ///
  /// - Parameters:
  ///   - machine: The machine that something is to be predicted for.
  ///   - anyMachine: Whether rates of another machine will do.
  /// - Returns: The rates.
  /// - Throws: One ``ProfileError`` for a profile without rates, or with those of another machine.
  public func rates(
    for machine: MachineIdentity, anyMachine: Bool = false
  ) throws(ProfileError) -> MachineRates {
    guard let rates else {
      throw ProfileError(
        file: origin.description, key: "measurement",
        problem: "expected what 'mhc-plan measure' writes, found no such key")
    }
    let differences = rates.identity.differences(from: machine)
    guard anyMachine || differences.isEmpty else {
      throw ProfileError(
        file: origin.description, key: "measurement.machine",
        problem: "expected this machine, found another: \(differences.joined(separator: "; ")); measure this one with "
          + "'mhc-plan measure', or take the other's rates with --any-machine")
    }
    return rates
  }
}
