/// What a buffer is for: the rows in which memory is reported.
public enum Purpose: String, CaseIterable, Hashable, Sendable {
  /// Learned scalars, and copies of them in the order in which kernels read them.
  case parameter
  /// A block's input streams, held from forward to backward.
  case streamCheckpoint = "stream checkpoint"
  /// What every layer function puts out, held from forward to backward.
  case layerOutput = "layer output"
  /// What a layer function keeps for its own backward pass.
  case layerSaved = "layer saved"
  /// Streams, layer inputs and normalised inputs that live while their block runs forward or is recomputed.
  case transient
  /// Projections, H_pre, H_post and H_res.
  case coefficient
  /// Gradients: of streams, of layer inputs and outputs, of parameters.
  case gradient
  /// Space inside one operation.
  case scratch

  /// Its place among the cases, below 8.
  var index: Int {
    switch self {
    case .parameter: 0
    case .streamCheckpoint: 1
    case .layerOutput: 2
    case .layerSaved: 3
    case .transient: 4
    case .coefficient: 5
    case .gradient: 6
    case .scratch: 7
    }
  }
}

/// Elements of one kind at an address, handed out by an ``Arena`` or borrowed.
public struct Region<Element>: @unchecked Sendable {
  /// The first element; valid until the arena takes the region back.
  public let base: UnsafeMutablePointer<Element>
  /// How many elements.
  public let count: Int
  /// Where it begins in its arena; -1 without one.
  let offset: Int

  init(base: UnsafeMutablePointer<Element>, count: Int, offset: Int) {
    self.base = base
    self.count = count
    self.offset = offset
  }

  /// Elements in memory of the caller's, who keeps it alive; no arena takes them back.
  /// - Throws: ``RuntimeError/misaligned(_:)`` if the address is not a multiple of an element's alignment.
  public init(borrowing memory: UnsafeMutableBufferPointer<Element>, name: String = "region") throws(RuntimeError) {
    // No elements have an address too.
    guard let address = memory.baseAddress ?? UnsafeMutablePointer(bitPattern: Arena.alignment),
      UInt(bitPattern: address) % UInt(MemoryLayout<Element>.alignment) == 0
    else { throw .misaligned(name) }
    self.init(base: address, count: memory.count, offset: -1)
  }

  /// The elements.
  public var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }
}
