// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds or tests mhc-plan builds the benchmarks.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "mhc-plan", path: "../")],
  targets: [
    .executableTarget(
      name: "CacheReplay", dependencies: [.product(name: "Validation", package: "mhc-plan")]),
    .executableTarget(
      name: "PlansPerSecond",
      dependencies: [
        .product(name: "CostModel", package: "mhc-plan"), .product(name: "Planner", package: "mhc-plan"),
        .product(name: "Profiles", package: "mhc-plan"),
      ]),
    .executableTarget(
      name: "SimulatedSteps",
      dependencies: [
        .product(name: "CostModel", package: "mhc-plan"), .product(name: "Schedules", package: "mhc-plan"),
      ]),
    .executableTarget(
      name: "CandidatesPerSecond",
      dependencies: [
        .product(name: "CostModel", package: "mhc-plan"), .product(name: "Planner", package: "mhc-plan"),
        .product(name: "Profiles", package: "mhc-plan"), .product(name: "Search", package: "mhc-plan"),
      ]),
    .executableTarget(
      name: "ConnectionSpeed",
      dependencies: [
        .product(name: "LayerRuntime", package: "mhc-plan"), .product(name: "Measurement", package: "mhc-plan"),
        .product(name: "CostModel", package: "mhc-plan"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
