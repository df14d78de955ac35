/// What the backward pass needs of the mHC kernels, and how long it is held: the paper's table as sums by lifetime.
///
/// The rows are those of the ledger, without the lightweight coefficients that the table leaves out as well.
///
/// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2.
public enum Table3 {
  /// nC: the input streams of a layer; of a block's first layer held from forward to backward, of the others while
  /// their block is recomputed.
  public static let streams = sum(of: .stream)
  /// C: the output of the layer function, held from forward to backward in every layer.
  public static let everyLayer = sum(of: .everyLayer)
  /// 2C: the layer input and its norm, held while their block is recomputed.
  public static let transient = sum(of: .transient)
  /// (n+2)C: everything that one layer of a block needs while the block is recomputed.
  public static let perLayerOfBlock = streams + transient

  private static func sum(of lifetime: SavedTensor.Lifetime) -> Formula {
    (ConnectionLedger.of(.manifold, fusion: .paper)?.saved ?? [])
      .filter { $0.lifetime == lifetime && $0.tensor.tensorClass != .coefficient }
      .reduce(.zero) { $0 + $1.tensor.elements }
  }
}
