/// The letters of the layer function and of the whole model.
extension Notation {
  /// S: tokens of a sequence.
  static let S = Formula(.sequence)
  /// h: query heads.
  static let h = Formula(.heads)
  /// h_kv: key and value heads.
  static let hKV = Formula(.keyValueHeads)
  /// d_h: channels of a head.
  static let dHead = Formula(.headDimension)
  /// d_v: channels of a value head.
  static let dValue = Formula(.valueDimension)
  /// d_r: channels with rotary positions.
  static let dRope = Formula(.ropeDimension)
  /// d_n: channels without positions.
  static let dNope = Formula(.noPositionDimension)
  /// r_q: rank of the query projection.
  static let rQ = Formula(.queryRank)
  /// r_kv: rank of the key and value projection.
  static let rKV = Formula(.keyValueRank)
  /// g_o: groups of the output projection.
  static let gO = Formula(.outputGroups)
  /// r_o: rank of each group of the output projection.
  static let rO = Formula(.outputRank)
  /// A: query-key pairs of a sequence.
  static let A = Formula(.attendedPairs)
  /// V: vocabulary.
  static let V = Formula(.vocabulary)
}
