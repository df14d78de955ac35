import Profiles

/// The model that `json` describes.
func readModel(_ json: String) throws(ProfileError) -> LoadedModel {
  try ModelSource.read(Array(json.utf8), from: .file("config.json"))
}

/// The one line that reading `json` ends with; nil where it succeeds.
func errorLine(_ json: String) -> String? {
  do throws(ProfileError) {
    _ = try readModel(json)
    return nil
  } catch {
    return error.description
  }
}

extension String {
  /// The document with one text for another, which has to occur.
  func with(_ old: String, _ new: String) -> String {
    guard let start = indices.first(where: { self[$0...].hasPrefix(old) }) else { return "the test has no \(old)" }
    var text = self
    text.replaceSubrange(start..<index(start, offsetBy: old.count), with: new)
    return text
  }
}
