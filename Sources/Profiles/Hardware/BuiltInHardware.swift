/// The devices that are part of the program: the files of `profiles/hardware`.
public enum BuiltInHardware {
  /// Their names, as `--hardware` takes them.
  public static var names: [String] { table.names }

  static let table = BuiltInTable(
    subject: "hardware profile",
    entries: [
      ("a100-80gb", PackageResources.a100_80gb_json),
      ("h100-sxm", PackageResources.h100_sxm_json),
      ("h800", PackageResources.h800_json),
      ("h200", PackageResources.h200_json),
      ("b200", PackageResources.b200_json),
      ("gb200", PackageResources.gb200_json),
      ("b300", PackageResources.b300_json),
      ("gb300", PackageResources.gb300_json),
      ("mi300x", PackageResources.mi300x_json),
      ("mi355x", PackageResources.mi355x_json),
      ("l40s", PackageResources.l40s_json),
      ("ascend-910b", PackageResources.ascend_910b_json),
      ("cpu-zen4-example", PackageResources.cpu_zen4_example_json),
    ])
}
