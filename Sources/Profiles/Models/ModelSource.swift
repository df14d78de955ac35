/// Reads models: built-in ones, profiles in the project's own format, and Hugging Face's `config.json`.
public enum ModelSource {
  /// The model that a command's MODEL argument names.
  ///
  /// - Parameter argument: A built-in name, a path to a profile or a `config.json`, a path to a directory with a
  ///   `config.json`, or `-` for the standard input. A built-in name comes before a file of the same name.
  /// - Returns: The model's sizes, with warnings.
  /// - Throws: One ``ProfileError`` for a name or file that is not there, or a document that is not a model.
  public static func load(_ argument: String) throws(ProfileError) -> LoadedModel {
    let (bytes, origin) = try BuiltInModels.table.bytes(for: argument, inDirectory: "config.json")
    return try read(bytes, from: origin)
  }

  /// The model that a document describes.
  ///
  /// - Parameters:
  ///   - bytes: A profile in the project's own format, told by its `schema`, or a `config.json`, told by its
  ///     `model_type`; JSON in UTF-8.
  ///   - origin: Where the bytes come from, for messages.
  /// - Returns: The model's sizes, with warnings.
  /// - Throws: One ``ProfileError`` for a document that is not a model.
  public static func read(_ bytes: [UInt8], from origin: ProfileOrigin) throws(ProfileError) -> LoadedModel {
    let reader = try ObjectReader(bytes: bytes, file: origin.description)
    if reader.has("schema") { return try ModelProfile.read(reader, origin: origin) }
    if reader.has("model_type") { return try HuggingFaceConfig.read(reader, origin: origin) }
    throw ProfileError(
      file: reader.file, key: "",
      problem: """
        expected a model: a Hugging Face config.json with "model_type", or a profile with "schema": \
        "\(ModelProfile.schema)"; found neither key
        """)
  }
}
