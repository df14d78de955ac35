import Messages

extension ObjectReader {
  /// A reader of the object at the key.
  func object(_ key: String) throws(ProfileError) -> ObjectReader {
    guard let reader = try optionalObject(key) else { throw missing(key, expected: "an object") }
    return reader
  }

  /// A reader of the object at the key; nil where the key is absent.
  func optionalObject(_ key: String) throws(ProfileError) -> ObjectReader? {
    try optional(key, expected: "an object") {
      guard case .object(let members) = $0 else { return nil }
      return ObjectReader(members: members, file: file, path: keyPath(path, key))
    }
  }

  /// Readers of the objects in the array at the key.
  func objects(_ key: String, count: ClosedRange<Int>) throws(ProfileError) -> [ObjectReader] {
    let values = try array(key, count: count)
    var readers: [ObjectReader] = []
    for (index, value) in values.enumerated() {
      let place = keyPath(keyPath(path, key), index)
      guard case .object(let members) = value else {
        throw ProfileError(file: file, key: place, problem: "expected an object, found \(value.shown)")
      }
      readers.append(ObjectReader(members: members, file: file, path: place))
    }
    return readers
  }

  /// Whole numbers, each within the range.
  func ints(_ key: String, in range: ClosedRange<Int>, count: ClosedRange<Int>) throws(ProfileError) -> [Int] {
    let values = try array(key, count: count)
    var numbers: [Int] = []
    for (index, value) in values.enumerated() {
      guard case .integer(let number) = value, range.contains(number) else {
        let place = keyPath(keyPath(path, key), index)
        throw ProfileError(file: file, key: place, problem: "expected \(wholeNumber(range)), found \(value.shown)")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Texts, each one of these.
  func strings(_ key: String, oneOf known: [String], count: ClosedRange<Int>) throws(ProfileError) -> [String] {
    let values = try array(key, count: count)
    var texts: [String] = []
    for (index, value) in values.enumerated() {
      guard case .string(let text) = value, known.contains(text) else {
        let problem = "expected one of \(known.joined(separator: ", ")), found \(value.shown)"
        throw ProfileError(file: file, key: keyPath(keyPath(path, key), index), problem: problem)
      }
      texts.append(text)
    }
    return texts
  }

  /// The values of the array at the key.
  func array(_ key: String, count: ClosedRange<Int>) throws(ProfileError) -> [JSONValue] {
    let length =
      count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
    return try required(key, expected: "an array of \(length) values") {
      guard case .array(let values) = $0, count.contains(values.count) else { return nil }
      return values
    }
  }

  /// Numbers, each within the range; never NaN or infinite.
  func doubles(
    _ key: String, in range: ClosedRange<Double>, count: ClosedRange<Int>
  ) throws(ProfileError) -> [Double] {
    let values = try array(key, count: count)
    var numbers: [Double] = []
    for (index, value) in values.enumerated() {
      guard let number = real(value, in: range) else {
        let place = keyPath(keyPath(path, key), index)
        throw ProfileError(file: file, key: place, problem: "expected \(realNumber(range)), found \(value.shown)")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Texts on one line each, none of them empty or longer than 1000 bytes.
  func texts(_ key: String, count: ClosedRange<Int>) throws(ProfileError) -> [String] {
    let values = try array(key, count: count)
    var texts: [String] = []
    for (index, value) in values.enumerated() {
      guard case .string(let text) = value, (1...1000).contains(text.utf8.count) else {
        let place = keyPath(keyPath(path, key), index)
        throw ProfileError(file: file, key: place, problem: "expected a text of 1 to 1000 bytes, found \(value.shown)")
      }
      texts.append(singleLine(text))
    }
    return texts
  }
}
