#if Services
import Foundation
import Primitives
import Secrets
import Synchronization

/// Who knows clients by their tokens.
public protocol TokenBook: Sendable {
  /// Whose token it is; nil where it is nobody's. Throws a refusal where that cannot be found out now.
  func client(of token: String) throws(Refusal) -> ClientName?
}

/// The tokens by which clients are known: lines of a name, a space and the SHA-256 of the token in hexadecimal digits. The file
/// holds no token that could be used.
public struct Tokens: TokenBook {
  private let names: [[UInt8]: String]

  /// How many there are.
  public var count: Int { names.count }

  /// Nobody has a token.
  public init() { names = [:] }

  /// Reads a file of at most 1 MiB; empty lines and those that begin with # are passed over. Throws `unreadableTokens` and
  /// `malformedTokens`.
  public init(file path: String) throws(HTTPServiceError) {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20,
      let text = String(validating: data, as: UTF8.self)
    else { throw .unreadableTokens(path: path) }
    var names: [[UInt8]: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      let parts = line.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, (1...64).contains(parts[0].count), let digest = Self.digest(parts[1]),
        !names.values.contains(String(parts[0])), names[digest] == nil
      else { throw .malformedTokens(path: path, line: index + 1) }
      names[digest] = String(parts[0])
    }
    self.names = names
  }

  /// Whose token it is; nil where it is nobody's. Only digests are compared, and nobody can choose those to have a common
  /// beginning with another's.
  public func client(of token: String) -> ClientName? {
    names[SHA256.hash(Array(token.utf8))].map { ClientName(token: $0) }
  }

  private static func digest(_ text: Substring) -> [UInt8]? {
    guard text.utf8.count == 64, text.allSatisfy({ $0.isHexDigit && $0.isASCII }) else { return nil }
    var bytes: [UInt8] = []
    var rest = text
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}

/// The tokens of a file, which is read again while a service runs.
public final class TokenFile: TokenBook {
  private let path: String?
  private let tokens: Mutex<Tokens>

  /// As `Tokens` reads it; without a file nobody has a token. Throws `unreadableTokens` and `malformedTokens`.
  public init(path: String?) throws(HTTPServiceError) {
    self.path = path
    tokens = Mutex(try Self.read(path))
  }

  /// Reads the file again, and gives the number of its tokens: those that are gone from it are nobody's from the next request on.
  /// Where it throws, all stays as it was. Throws `unreadableTokens` and `malformedTokens`.
  public func reload() throws(HTTPServiceError) -> Int {
    let read = try Self.read(path)
    tokens.withLock { $0 = read }
    return read.count
  }

  /// Whose token it is; nil where it is nobody's.
  public func client(of token: String) -> ClientName? { tokens.withLock { $0 }.client(of: token) }

  private static func read(_ path: String?) throws(HTTPServiceError) -> Tokens {
    try path.map { path throws(HTTPServiceError) in try Tokens(file: path) } ?? Tokens()
  }
}
#endif
