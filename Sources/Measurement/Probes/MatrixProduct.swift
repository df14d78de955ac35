public import CostModel
import LayerRuntime

/// A matrix product by OpenBLAS on memory that other operations use too: left · right, into a result or added to it.
public struct MatrixProduct: Hashable, Sendable {
  /// One matrix as it is stored.
  public struct Matrix: Hashable, Sendable {
    /// Numbers from the beginning of one row to that of the next.
    public var stride: Int
    /// Whether it is read as its transpose.
    public var isTransposed: Bool

    /// A matrix with rows so far apart.
    public init(stride: Int, isTransposed: Bool = false) { (self.stride, self.isTransposed) = (stride, isTransposed) }

    /// Numbers from the first to the last of so many rows and columns, as they are read.
    func extent(_ rows: Int, _ columns: Int) -> Int {
      isTransposed ? (columns - 1) * stride + rows : (rows - 1) * stride + columns
    }
  }

  /// What is multiplied.
  public var shape: ProductShape
  /// [rows, inner], [inner, columns] and [rows, columns].
  public var left, right, result: Matrix
  /// Whether the result is added to.
  public var adds = false

  /// A product of these.
  public init(_ shape: ProductShape, left: Matrix, right: Matrix, result: Matrix, adds: Bool = false) {
    (self.shape, self.left, self.right, self.result, self.adds) = (shape, left, right, result, adds)
  }

  /// Rows a thread takes at a time.
  static let granule = 16

  /// Bytes from the first to the last number of left, right and result.
  var extents: [Int] {
    [
      left.extent(shape.rows, shape.inner), right.extent(shape.inner, shape.columns),
      result.extent(shape.rows, shape.columns),
    ].map { 4 * $0 }
  }

  /// The part of it that so many rows are.
  ///
  /// The numbers of a result are then about as large as those of left and right.
  func run(_ blas: OpenBLAS, _ tensors: [UnsafeMutableRawPointer], _ range: Range<Int>) {
    func matrix(_ index: Int, _ matrix: Matrix, first: Int) -> OpenBLAS.Matrix {
      let base = tensors[index].assumingMemoryBound(to: Float.self)
      let made = OpenBLAS.Matrix(base + (matrix.isTransposed ? first : first * matrix.stride), stride: matrix.stride)
      return matrix.isTransposed ? made.transposed : made
    }
    blas.multiply(
      rows: range.count, columns: shape.columns, inner: shape.inner, matrix(0, left, first: range.lowerBound),
      matrix(1, right, first: 0), adding: adds, scale: 1 / Float(shape.inner).squareRoot(),
      into: matrix(2, result, first: range.lowerBound))
  }

  /// The sizes and whether it adds.
  var label: String {
    "\(shape.rows)×\(shape.inner) · \(shape.inner)×\(shape.columns) \(shape.form.rawValue)\(adds ? ", added" : "")"
  }
}
