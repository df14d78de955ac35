import CostModel
import Quantities

/// What stands before the first layer and after the last, in numbers.
struct EndCost: Sendable {
  /// Parameters of the embedding, on the first stage.
  let front: [LayerKindCost.ParameterCost]
  /// Parameters of the output head and of what the prediction modules have besides their layers, on the last stage.
  let back: [LayerKindCost.ParameterCost]
  /// Whether the last stage needs the embedding too: for a tied head, or for prediction modules.
  let needsEmbeddingAtBack: Bool
  /// Work of the last stage.
  let work: [LayerKindCost.WorkCost]
  /// Bytes a token that the last stage keeps until the loss is behind.
  let kept: ShardedBytes

  init(_ ledger: ModelLedger, setup: TrainingSetup) throws(OverflowError) {
    front = try LayerKindCost.parameters(ledger.embedding.ledger, ledger.embedding.values)
    let backParts = [ledger.head] + ledger.predictionModules.flatMap { [$0.entry, $0.head] }
    var back: [LayerKindCost.ParameterCost] = []
    var work: [LayerKindCost.WorkCost] = []
    var kept = ShardedBytes()
    for part in backParts {
      back += try LayerKindCost.parameters(part.ledger, part.values)
      work += try LayerKindCost.work(part.ledger, part.values, sequence: ledger.sequence, setup: setup)
      try kept.add(part.ledger.saved, part.values, setup.precision)
    }
    self.back = back
    self.work = work
    self.kept = kept
    needsEmbeddingAtBack = ledger.shape.tiesEmbeddings || !ledger.predictionModules.isEmpty
  }
}
