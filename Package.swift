// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// What programs of others may import, and the modules behind each name.
let libraries: KeyValuePairs = [
  "CostModel": ["Quantities", "CostModel"],
  "Planner": ["Planner"], "Search": ["Search"], "FrameworkSettings": ["FrameworkSettings"], "Schedules": ["Schedules"],
  "Profiles": ["Profiles"], "Evidence": ["Evidence"],
  "LayerRuntime": ["LayerRuntime"], "Measurement": ["Measurement"], "Validation": ["Validation"],
]

let package = Package(
  name: "mhc-plan",
  products: libraries.map { .library(name: $0.key, targets: $0.value) } + [
    .executable(name: "mhc-plan", targets: ["mhc-plan"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // MARK: The model: pure functions. No Foundation, no clock, no files.
    .target(name: "Quantities", swiftSettings: strict),
    .target(
      name: "CostModel", dependencies: ["Quantities"], swiftSettings: strict,
      // Double.squareRoot() is a call of libm's sqrt; nothing else links libm where there is no Foundation.
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "Planner", dependencies: ["CostModel", "Quantities", "Schedules"], swiftSettings: strict),
    .target(name: "Search", dependencies: ["Planner", "Schedules", "CostModel", "Quantities"], swiftSettings: strict),
    .target(
      name: "FrameworkSettings", dependencies: ["Planner", "Schedules", "CostModel", "Quantities"],
      swiftSettings: strict),
    .target(name: "Schedules", dependencies: ["Quantities"], swiftSettings: strict),

    // MARK: What every message needs: texts of others on one line, the name that was meant.
    .target(name: "Messages", swiftSettings: strict),

    // MARK: Data: models and hardware, read from JSON.
    .target(
      name: "Profiles",
      dependencies: ["CostModel", "Messages", "Quantities"],
      resources: [.embedInCode("BuiltInModels"), .embedInCode("BuiltInHardware")],
      swiftSettings: strict),

    // MARK: The model against what others measured on GPUs.
    .target(
      name: "Evidence", dependencies: ["CostModel", "Messages", "Quantities"], resources: [.embedInCode("BuiltInData")],
      swiftSettings: strict),

    // MARK: The real thing: layers that run. They cannot see the model that predicts them.
    .target(
      name: "CMHCKernels",
      // Debug builds leave C at -O0, 12 to 40 times slower: the tests run what users run.
      cSettings: [.unsafeFlags(["-O3"])]),
    .target(
      name: "LayerRuntime", dependencies: ["CMHCKernels"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "Tensors", dependencies: ["Messages"], swiftSettings: strict),

    // MARK: The one place where model and real layer meet.
    .target(
      name: "Validation", dependencies: ["Planner", "CostModel", "Quantities", "LayerRuntime", "Measurement"],
      swiftSettings: strict),
    // MARK: Measuring: what rates there are.
    .target(name: "CProbes", cSettings: [.unsafeFlags(["-O3"])]),
    .target(
      name: "Measurement", dependencies: ["CProbes", "LayerRuntime", "CostModel", "Quantities"], swiftSettings: strict),

    // MARK: The tool.
    .target(
      name: "Commands",
      dependencies: [
        "Evidence",
        "Search", "Planner", "FrameworkSettings", "Profiles", "CostModel", "Quantities", "LayerRuntime", "Measurement",
        "Validation", "Tensors", "Messages", "Schedules", argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(name: "mhc-plan", dependencies: ["Commands"], swiftSettings: strict),

    // MARK: Tests.
    .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
    .testTarget(name: "CostModelTests", dependencies: ["CostModel", "Quantities"], swiftSettings: strict),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "ProfilesTests", dependencies: ["Profiles", "CostModel", "Quantities", "TestSupport"],
      swiftSettings: strict),
    // The program is run as a process; golden documents are read from the folder.
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "mhc-plan", "Commands", "FrameworkSettings", "Measurement", "Planner", "Profiles", "CostModel", "Quantities",
        "TestSupport", "Schedules", argumentParser,
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(name: "MessagesTests", dependencies: ["Messages"], swiftSettings: strict),
    .testTarget(name: "PaperTests", dependencies: ["CostModel", "Quantities"], swiftSettings: strict),
    .testTarget(name: "EvidenceTests", dependencies: ["Evidence", "CostModel", "Quantities"], swiftSettings: strict),
    .testTarget(
      name: "PlannerTests", dependencies: ["Planner", "Profiles", "CostModel", "Schedules", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "SearchTests",
      dependencies: ["Search", "Planner", "Profiles", "Schedules", "CostModel", "Quantities", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "FrameworkSettingsTests",
      dependencies: ["FrameworkSettings", "Planner", "Schedules", "Profiles", "CostModel", "Quantities"],
      swiftSettings: strict),
    // Counts calls of malloc in the whole test process: a symbol of the executable comes before the library's.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .executableTarget(
      name: "StepAllocations", dependencies: ["LayerRuntime", "AllocationCounter"], path: "Tests/StepAllocations",
      swiftSettings: strict),
    // Kernels and probes against plain loops, in C alone: scripts/test-arm builds it for Arm as well.
    .executableTarget(
      name: "KernelCheck", dependencies: ["CMHCKernels", "CProbes"], path: "Tests/KernelCheck",
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .testTarget(
      name: "LayerRuntimeTests", dependencies: ["LayerRuntime", "CMHCKernels", "AllocationCounter"],
      swiftSettings: strict),
    .testTarget(
      name: "ValidationTests", dependencies: ["Validation", "Planner", "LayerRuntime", "CostModel", "Quantities"],
      swiftSettings: strict),
    .testTarget(
      name: "MeasurementTests", dependencies: ["Measurement", "CostModel", "Quantities"], swiftSettings: strict),
    .testTarget(
      name: "SchedulesTests", dependencies: ["Schedules", "CostModel", "Quantities", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: strict),
    .testTarget(
      name: "LedgerCountTests", dependencies: ["LayerRuntime", "CostModel", "Quantities"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
