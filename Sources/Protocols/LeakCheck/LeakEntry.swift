import Primitives
@_spi(_Unicode) import Swift

/// What can be asked for: one entry of a list of leaks, in the form that enters the oblivious PRF.
///
/// The three kinds never collide: each begins with a name of its own.
public struct LeakEntry: Sendable, Hashable {
  /// The PRF's input: as secret as the password.
  public let input: [UInt8]

  init(_ kind: String, _ bytes: [UInt8]) { input = Array("hitoku/leak/\(kind)/1:".utf8) + bytes }

  /// A password by its SHA-1, as Have I Been Pwned publishes it.
  public init(sha1 digest: [UInt8]) throws(LeakCheckError) {
    guard digest.count == SHA1.byteCount else { throw .malformedHash }
    self.init("sha1", digest)
  }

  /// A password by its NTLM hash.
  public init(ntlm digest: [UInt8]) throws(LeakCheckError) {
    guard digest.count == MD4.byteCount else { throw .malformedHash }
    self.init("ntlm", digest)
  }

  /// A password for a list of SHA-1 hashes: UTF-8 as typed, nothing trimmed or normalised, as the list's makers hash it.
  public init(password: String) { self.init("sha1", SHA1.hash(Array(password.utf8))) }

  /// The same for a password in whatever encoding: its bytes are hashed as they are.
  public init(password bytes: [UInt8]) { self.init("sha1", SHA1.hash(bytes)) }

  /// A password for a list of NTLM hashes: MD4 of UTF-16, little-endian.
  public init(ntlmOf password: String) {
    let units = password.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    self.init("ntlm", MD4.hash(units))
  }

  /// A user name with its password: scrypt of the password, salted with the canonical user name.
  public init(_ user: UserName, password: String) { self.init(user, password: Array(password.utf8)) }

  /// The same for a password in whatever encoding: its bytes are hashed as they are.
  public init(_ user: UserName, password bytes: [UInt8]) {
    self.init("credential", UserName.slowHash.derive(password: bytes, salt: user.salt, byteCount: 32))
  }
}

/// A user name in canonical form: without white space at its ends, in upper and then lower case by Unicode's mappings without a
/// language, so that ß is ss and every sigma the same, composed (NFC). Nothing else is changed: dots and tags of a mail address stay.
public struct UserName: Sendable, Hashable {
  /// The canonical form in UTF-8.
  public let bytes: [UInt8]

  /// N = 2^12, r = 8, p = 1: 4 MiB and some milliseconds for each guess.
  public static let slowHash = Scrypt(log2Cost: 12, blockSize: 8, parallelism: 1)

  /// The longest canonical form.
  public static let longestForm = 1024

  /// Throws `unusableUserName` where nothing is left, or more than 1,024 bytes.
  public init(_ text: String) throws(LeakCheckError) {
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let scalars = text.unicodeScalars.drop(while: isSpace)
    guard let last = scalars.lastIndex(where: { !isSpace($0) }) else { throw .unusableUserName }
    // The standard library composes, but shows it to other libraries of the toolchain only.
    var composed = String.UnicodeScalarView()
    composed.append(contentsOf: String(scalars[...last]).uppercased().lowercased()._nfc)
    bytes = Array(String(composed).utf8)
    guard (1...Self.longestForm).contains(bytes.count) else { throw .unusableUserName }
  }

  /// What its passwords are hashed with.
  var salt: [UInt8] { Array("hitoku/leak/user/2:".utf8) + bytes }

  /// The bucket of this user, below `count`: from a hash of the name alone, and what a query shows the server.
  public func bucket(of count: Int) -> Int {
    precondition(count > 0)
    let hash = SHA256.hash(Array("hitoku/leak/bucket/2:".utf8) + bytes)
    let word = hash.prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int((word * UInt64(count)) >> 32)
  }
}

/// What can be wrong with entries and lists. No case carries a password or a name.
public enum LeakCheckError: Error, Equatable, Sendable {
  /// Not 20 or 16 bytes.
  case malformedHash
  /// Nothing is left of the name, or more than 1,024 bytes.
  case unusableUserName
  /// The line is not of the list's format.
  case malformedLine
  /// The header names no column of passwords.
  case unknownExport
  /// The password is no UTF-8, which hashes of UTF-16 need.
  case unusablePassword
  /// More entries than one request takes, or none.
  case entryCount
}
