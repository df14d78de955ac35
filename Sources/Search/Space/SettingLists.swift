public import CostModel
public import Planner

/// What a search tries of how the model is trained, a list an option.
public struct SettingLists: Hashable, Sendable {
  /// n.
  public var streams: [Int]
  /// How far the connection's operations are fused.
  public var fusions: [Fusion]
  /// What data-parallel devices share.
  public var zeroStages: [ZeroStage]
  /// What the layer functions keep for their backward pass.
  public var layerRecompute: [RecomputeLevel]
  /// What becomes of the streams and layer inputs.
  public var streamRecompute: [StreamRecompute]

  /// Lists of settings; what is left out is everything that differs in time or memory.
  public init(
    streams: [Int], fusions: [Fusion], zeroStages: [ZeroStage] = ZeroStage.allCases,
    layerRecompute: [RecomputeLevel] = RecomputeLevel.allCases, streamRecompute: [StreamRecompute] = [.auto, .uneven]
  ) {
    self.streams = streams
    self.fusions = fusions
    self.zeroStages = zeroStages
    self.layerRecompute = layerRecompute
    self.streamRecompute = streamRecompute
  }

  /// Every combination, in the order of the lists, the last option fastest.
  func settings(_ connection: Connection) -> [Setting] {
    streams.flatMap { streams in
      fusions.flatMap { fusion in
        zeroStages.flatMap { zeroStage in
          layerRecompute.flatMap { level in
            streamRecompute.map { policy in
              Setting(
                connection: connection, streams: streams, fusion: fusion, zeroStage: zeroStage, layerRecompute: level,
                streamRecompute: policy)
            }
          }
        }
      }
    }
  }

  /// Combinations; nil for more than 64 bits count.
  var count: Int? {
    var count = 1
    for length in [streams.count, fusions.count, zeroStages.count, layerRecompute.count, streamRecompute.count] {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      count = product
    }
    return count
  }
}

/// One choice of everything that a search varies of how the model is trained.
public struct Setting: Hashable, Sendable {
  /// How layer functions are joined to the stream.
  public var connection: Connection
  /// n.
  public var streams: Int
  /// How far the connection's operations are fused.
  public var fusion: Fusion
  /// What data-parallel devices share.
  public var zeroStage: ZeroStage
  /// What the layer functions keep for their backward pass.
  public var layerRecompute: RecomputeLevel
  /// What becomes of the streams and layer inputs.
  public var streamRecompute: StreamRecompute

  /// A choice.
  public init(
    connection: Connection, streams: Int, fusion: Fusion, zeroStage: ZeroStage, layerRecompute: RecomputeLevel,
    streamRecompute: StreamRecompute
  ) {
    self.connection = connection
    self.streams = streams
    self.fusion = fusion
    self.zeroStage = zeroStage
    self.layerRecompute = layerRecompute
    self.streamRecompute = streamRecompute
  }

  /// A setup with this choice in it.
  public func setup(_ base: TrainingSetup) -> TrainingSetup {
    var setup = base
    setup.connection = connection
    setup.streams = streams
    setup.fusion = fusion
    setup.zeroStage = zeroStage
    setup.layerRecompute = layerRecompute
    setup.streamRecompute = streamRecompute
    return setup
  }
}
