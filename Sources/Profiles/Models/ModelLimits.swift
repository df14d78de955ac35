/// The sizes taken from a file: far above any model, and small enough that nothing absurd is allocated for them.
///
/// Products of several sizes can still exceed an `Int`; the cost model checks those.
enum ModelLimits {
  static let channels = 1...(1 << 24)
  static let vocabulary = 1...(1 << 28)
  static let layers = 1...4096
  static let predictionModules = 0...64
  static let heads = 1...(1 << 16)
  static let headDimension = 1...(1 << 16)
  static let rank = 1...(1 << 20)
  static let intermediate = 1...(1 << 26)
  static let experts = 1...(1 << 16)
  static let expertGroups = 1...128
  static let tokens = 1...(1 << 30)
  static let streams = 1...256
  static let sinkhornIterations = 1...1000
}
