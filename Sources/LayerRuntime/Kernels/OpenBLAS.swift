/// OpenBLAS, loaded when the first matrix product is needed.
///
/// Loaded by name and not linked, because one binary both plans and runs: planning must build and start on a machine
/// that has no OpenBLAS. A system-library target would need its header at build time and its library at start. What is
/// given up is the compiler's check of the prototype, so the one taken is written out below.
///
/// It computes on the caller's thread alone, for the whole process: threads of its own look for more work for a while after
/// every product, on the processors that the layer's threads need. Products are shared by those instead.
///
/// - Source: OpenBLAS 0.3, cblas.h: `cblas_sgemm`, `openblas_set_num_threads`, `openblas_get_corename`,
///   `openblas_get_config`; `blasint` is 32 bits in the build without the suffix 64.
public struct OpenBLAS: Sendable {
  /// cblas_sgemm(order, transA, transB, M, N, K, alpha, A, lda, B, ldb, beta, C, ldc).
  private typealias Product =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32,
      Float, UnsafeMutablePointer<Float>?, Int32
    ) -> Void

  private let product: Product
  /// The kernels it chose for this processor, such as `Zen` or `SkylakeX`.
  public let coreName: String
  /// Its version and how it was built.
  public let configuration: String

  /// The library, loaded once.
  /// - Returns: the library.
  /// - Throws: ``RuntimeError/openBLASMissing(_:)`` that says how to install it.
  public static func load() throws(RuntimeError) -> OpenBLAS { try loaded.get() }

  /// Whether matrix products can be done.
  public static var isAvailable: Bool { (try? loaded.get()) != nil }

  private static let loaded: Result<OpenBLAS, RuntimeError> = {
    guard let library = OpenBLASLibrary.open() else {
      return .failure(.openBLASMissing("none of \(OpenBLASLibrary.searched) was found"))
    }
    guard let address = library.address("cblas_sgemm") else {
      return .failure(.openBLASMissing("it has no cblas_sgemm"))
    }
    let setThreads = library.address("openblas_set_num_threads").map {
      unsafeBitCast($0, to: (@convention(c) (Int32) -> Void).self)
    }
    setThreads?(1)
    return .success(
      OpenBLAS(
        product: unsafeBitCast(address, to: Product.self), coreName: library.core ?? "unknown",
        configuration: library.text("openblas_get_config") ?? "unknown"))
  }()

  /// result = left · right · scale + (adding ? result : 0), matrices row by row.
  ///
  /// `left` is [rows, inner], `right` [inner, columns], either the transpose of what is stored; `result` is
  /// [rows, columns].
  package func multiply(
    rows: Int, columns: Int, inner: Int, _ left: Matrix, _ right: Matrix, adding: Bool = false, scale: Float = 1,
    into result: Matrix
  ) {
    guard rows > 0, columns > 0 else { return }
    // CblasRowMajor is 101, CblasNoTrans 111, CblasTrans 112.
    product(
      101, left.isTransposed ? 112 : 111, right.isTransposed ? 112 : 111, Int32(rows), Int32(columns), Int32(inner),
      scale, left.base, Int32(left.stride), right.base, Int32(right.stride), adding ? 1 : 0, result.base,
      Int32(result.stride))
  }

  /// Where a matrix is: its first element and the distance from row to row.
  package struct Matrix {
    package var base: UnsafeMutablePointer<Float>
    package var stride: Int
    package var isTransposed = false

    package init(_ base: UnsafeMutablePointer<Float>, stride: Int) {
      self.base = base
      self.stride = stride
    }

    /// The rows from one on.
    func from(row: Int) -> Matrix {
      var other = self
      other.base += isTransposed ? row : row * stride
      return other
    }

    /// The same memory, read as the transpose.
    package var transposed: Matrix {
      var other = self
      other.isTransposed.toggle()
      return other
    }
  }
}
