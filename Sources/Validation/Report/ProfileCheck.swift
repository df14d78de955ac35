/// The profile held against its own probes, run again between the rows.
///
/// Rows are predicted from rates measured beside them, so that a neighbour on the machine is no error of the model. A profile
/// that is wrong would go unseen by that; it is caught here.
public struct ProfileCheck: Hashable, Sendable {
  /// What was compared: a part of the machine, or the ratio of two.
  public var name: String
  /// The time now over the time in the profile.
  public var factor: Double
  /// It may be as far from 1 as this, either way.
  public var limit: Double

  /// Machines that others share move by a quarter within minutes; a bandwidth that is off by 2 does not fit in.
  static let partLimit = 1.5
  /// Ordinary stores beside streaming ones: neighbours take from both, and a forgotten write-allocate is 1.5.
  static let storeLimit = 1.25

  /// Whether it is further off; a number that is none is.
  public var isOutside: Bool { !(factor <= limit && factor >= 1 / limit) }

  /// The checks of the parts that were watched.
  static func all(_ factors: [Anchor.Part: Double]) -> [ProfileCheck] {
    let parts = Anchor.Part.allCases.compactMap { part in
      factors[part].map { ProfileCheck(name: part.rawValue, factor: $0, limit: partLimit) }
    }
    guard let ordinary = factors[.memory], let streaming = factors[.streaming] else { return parts }
    return parts + [
      ProfileCheck(name: "ordinary over streaming stores", factor: ordinary / streaming, limit: storeLimit)
    ]
  }
}
