extension CoefficientGenerator {
  /// What a framework's autograd does: every operation reads its inputs and writes a tensor, and autograd keeps what
  /// its gradient needs.
  ///
  /// mHC is taken as Eq. 7 to 9 print it, norm before product: the streams are cast to fp32 for the norm, and back for
  /// the projection. HC normalises in one kernel, whose output is made again from x in the backward pass: dynamic HC
  /// was measured within 0.01 GB of static HC, which has no norm.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (5), (7) to (9); HC (arXiv:2409.19606) Table 9 for what HC keeps.
  func eagerLedger(_ connection: Connection) -> ConnectionLedger {
    let rows =
      eagerNorm(connection) + eagerCoefficients(connection) + eagerMixing(connection) + eagerStreams(connection)
    // The gradient of a sum is handed on without traffic.
    var backward = rows.reversed().filter { $0.forward.name != "merge" }.map(\.backward)
    if connection == .hyper {
      var again = eagerNorm(connection).map(\.forward)[0]
      again.name = "stream norm again"
      backward.insert(again, at: backward.firstIndex { $0.name == "projection backward" } ?? 0)
    }
    let streams = eagerStreams(connection).map(\.forward)
    return ConnectionLedger(
      connection: connection, fusion: .eager, parameters: parameters,
      forward: PassLedger(rows.map(\.forward)),
      backward: PassLedger(backward + gradientSums(connection)),
      recompute: RecomputeLedger(
        perLayer: streams.filter { $0.name == "pre-mix" },
        perInnerLayer: streams.filter { ["res-mix", "post", "merge"].contains($0.name) }),
      saved: eagerSaved(rows),
      coversPreNorm: false)
  }

  /// Every kept tensor once, by name, and the layer input and its norm, which the layer function's pre-norm keeps.
  private func eagerSaved(_ rows: [EagerRow]) -> [SavedTensor] {
    var seen: Set<String> = []
    let kept = rows.flatMap(\.kept).filter { $0.tensorClass != .parameter && seen.insert($0.tensor).inserted }
    return kept.map { access in
      let lifetime: SavedTensor.Lifetime = access.tensor == "x" ? .stream : .everyLayer
      // HC's normalised streams are made again from x.
      let isRemade = access.tensor == "norm(x)" && access.tensorClass == .stream && self == .hyper
      return SavedTensor(access.tensor, access.tensorClass, isRemade ? 0 : access.elements, lifetime)
    }
    .filter { !$0.tensor.elements.isZero } + [
      SavedTensor("u", .activation, Notation.C, .transient),
      SavedTensor("norm(u)", .activation, Notation.C, .transient),
    ]
  }

  /// The gradients that a tensor receives from its several uses, added up one by one.
  private func gradientSums(_ connection: Connection) -> [Operation] {
    let nC = Notation.n * Notation.C
    func sum(_ tensor: String, _ tensorClass: TensorClass, times: Formula) -> Operation {
      Operation(
        "accumulate \(tensor)",
        reads: [.init("grad \(tensor)", tensorClass, 2 * times * nC)],
        writes: [.init("grad \(tensor)", tensorClass, times * nC)],
        arithmetic: Arithmetic(additions: times * nC), launches: times, source: "derived: autograd adds gradients")
    }
    // x goes to the norm, to the pre-mix, and to the mixing or, unmixed, to the merge.
    return [sum("x", .stream, times: 2)]
      + (connection == .hyper ? [] : [sum("x, fp32", .single, times: 1)])
  }
}
