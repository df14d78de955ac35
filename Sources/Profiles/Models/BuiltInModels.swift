/// The models that are part of the program: the files of `profiles/models`.
public enum BuiltInModels {
  /// Their names, as MODEL takes them.
  public static var names: [String] { table.names }

  static let table = BuiltInTable(
    subject: "model",
    entries: [
      ("mhc-3b", PackageResources.mhc_3b_json),
      ("mhc-9b", PackageResources.mhc_9b_json),
      ("mhc-27b", PackageResources.mhc_27b_json),
      ("deepseek-v3", PackageResources.deepseek_v3_json),
      ("deepseek-v4-flash", PackageResources.deepseek_v4_flash_json),
      ("deepseek-v4-pro", PackageResources.deepseek_v4_pro_json),
      ("llama-3-8b", PackageResources.llama_3_8b_json),
      ("llama-3-70b", PackageResources.llama_3_70b_json),
      ("qwen3-30b-a3b", PackageResources.qwen3_30b_a3b_json),
    ])
}
