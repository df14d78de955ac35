/// What the backward pass needs of the mHC kernels, and how long it is held: the rows of the paper's table.
///
/// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2.
public enum Table3 {
  /// The input streams of a block's first layer, x_{l0}: held from forward to backward.
  public static let blockInput = Formula(.streams) * Formula(.channels)
  /// x
  public static let transientPerLayer = (Formula(.streams) + 2) * Formula(.channels)
}
