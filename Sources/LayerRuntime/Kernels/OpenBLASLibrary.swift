#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The library as the system opens it, with kernels that suit this processor.
///
/// OpenBLAS knows processors by their model numbers, and takes one that is newer than itself for one of 2004: version 0.3.21
/// multiplies on an Emerald Rapids with four lanes of sixteen, at a fifth of what its own kernels reach there. What the
/// processor can do is known here, so it is told what to choose, as a user may by `OPENBLAS_CORETYPE`.
///
/// - Source: OpenBLAS 0.3.21, driver/others/dynamic.c: `get_coretype`, `force_coretype`, `OPENBLAS_CORETYPE`,
///   `gotoblas_dynamic_init`, `gotoblas_dynamic_quit`.
struct OpenBLASLibrary {
  private let handle: UnsafeMutableRawPointer

  private static let names = [
    "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  ]
  private static let choice = "OPENBLAS_CORETYPE"

  /// Opens it, and has it choose again where its choice was a poor one; `nil` if there is none.
  static func open() -> OpenBLASLibrary? {
    guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else { return nil }
    let library = OpenBLASLibrary(handle: handle)
    guard getenv(choice) == nil, let core = library.core,
      let better = betterCore(than: core, variant: KernelVariant.best.name)
    else { return library }
    library.chooseAgain(better)
    return library
  }

  /// Calls once more what it calls when it is loaded, as it stays loaded.
  ///
  /// A build for one kind of processor has no such functions, and is left as it is.
  private func chooseAgain(_ core: String) {
    typealias Function = @convention(c) () -> Void
    guard let forget = address("gotoblas_dynamic_quit"), let choose = address("gotoblas_dynamic_init") else { return }
    setenv(Self.choice, core, 1)
    defer { unsetenv(Self.choice) }
    unsafeBitCast(forget, to: Function.self)()
    unsafeBitCast(choose, to: Function.self)()
  }

  /// A core with AVX2 or AVX-512 for a processor that runs this variant of the kernels, where `core` has neither.
  static func betterCore(than core: String, variant: String) -> String? {
    guard coresBeforeAVX2.contains(core.lowercased()) else { return nil }
    if variant.hasPrefix("avx512") { return "SkylakeX" }
    return variant == "avx2" ? "Haswell" : nil
  }

  private static let coresBeforeAVX2: Set<String> = [
    "katmai", "coppermine", "northwood", "prescott", "banias", "core2", "penryn", "dunnington", "nehalem",
    "sandybridge",
    "atom", "nano", "athlon", "opteron", "opteron_sse3", "barcelona", "bobcat", "bulldozer", "piledriver",
    "steamroller",
  ]

  /// The address of a function.
  func address(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  /// What a function without arguments says.
  func text(_ name: String) -> String? {
    typealias Text = @convention(c) () -> UnsafePointer<CChar>?
    guard let address = address(name), let found = unsafeBitCast(address, to: Text.self)() else { return nil }
    return String(cString: found)
  }

  /// The kernels it chose, such as `Zen` or `SkylakeX`.
  var core: String? { text("openblas_get_corename") }

  static let searched = "\(names[0]), \(names[1])"
}
