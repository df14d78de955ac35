import CMHCKernels

/// A matrix product whose rows threads share, each calling OpenBLAS for its own.
///
/// Rows are divided the same way in every call. No sum is divided, so the threads add nothing up.
struct ProductWork: TeamWork, @unchecked Sendable {
  let blas: OpenBLAS
  let columns, inner: Int
  let left, right, result: OpenBLAS.Matrix
  let adding: Bool

  static let part: mhck_part = { TeamJob<ProductWork>.run($0, $1) }

  func run(_ range: Range<Int>, thread: Int) {
    blas.multiply(
      rows: range.count, columns: columns, inner: inner, left.from(row: range.lowerBound), right, adding: adding,
      into: result.from(row: range.lowerBound))
  }
}

extension LayerFunction {
  /// result = left · right + (adding ? result : 0), shared between the threads.
  func multiply(
    _ blas: OpenBLAS, rows: Int, columns: Int, inner: Int, _ left: OpenBLAS.Matrix, _ right: OpenBLAS.Matrix,
    adding: Bool = false, into result: OpenBLAS.Matrix
  ) {
    team.run(
      rows,
      ProductWork(
        blas: blas, columns: columns, inner: inner, left: left, right: right, result: result, adding: adding))
  }
}
