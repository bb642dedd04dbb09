import BigIntegers
import Secrets

// Fence: secret text read in place.

/// Reads the fields of one file's object.
struct FieldReader: ~Copyable {
  private let text: SecretBytes
  private let members: [String: JSONOutline.Value]

  init(_ text: borrowing SecretBytes) throws(PaillierFilesError) {
    members = try JSONOutline.members(of: text)
    self.text = text.copy()
  }

  private func member(_ path: [String]) -> JSONOutline.Value? {
    var current = members
    for name in path.dropLast() {
      guard case .object(let inner) = current[name] else { return nil }
      current = inner
    }
    return path.last.flatMap { current[$0] }
  }

  /// Whether there is a field.
  func has(_ path: String...) -> Bool { member(path) != nil }

  /// Whether the field is one in quotes.
  func isText(_ path: String...) -> Bool {
    if case .string = member(path) { true } else { false }
  }

  /// Throws unless the field is exactly this text.
  func expect(_ expected: String, _ path: String...) throws(PaillierFilesError) {
    let range = try string(path, maximum: 64)
    let isEqual = unsafe text.withUnsafeBufferPointer { unsafe $0[range].elementsEqual(expected.utf8) }
    guard isEqual else { throw .invalid(field: path.joined(separator: ".")) }
  }

  /// The bytes of a base64url field, at most `maximum` characters long.
  func base64(_ path: String..., maximum: Int) throws(PaillierFilesError) -> SecretBytes {
    let range = try string(path, maximum: maximum)
    guard let bytes = Base64URL.decode(text, range) else {
      throw .invalid(field: path.joined(separator: "."))
    }
    return bytes
  }

  /// A decimal number in quotes or without, at most `maximum` characters long.
  func integer(_ path: String..., maximum: Int) throws(PaillierFilesError) -> BigInteger {
    let field = path.joined(separator: ".")
    let range: Range<Int>
    switch member(path) {
    case .string(let place), .number(let place): range = place
    case nil: throw .missing(field: field)
    default: throw .invalid(field: field)
    }
    guard range.count <= maximum else { throw .invalid(field: field) }
    let digits = unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0[range], as: UTF8.self) }
    guard let value = BigInteger(digits) else { throw .invalid(field: field) }
    return value
  }

  private func string(_ path: [String], maximum: Int) throws(PaillierFilesError) -> Range<Int> {
    let field = path.joined(separator: ".")
    guard let member = member(path) else { throw .missing(field: field) }
    guard case .string(let range) = member, range.count <= maximum else { throw .invalid(field: field) }
    return range
  }
}
