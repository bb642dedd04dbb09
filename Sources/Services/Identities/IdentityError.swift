/// Why an identity or a pin cannot be used. Carries paths and numbers of the operating system, never key material.
public enum IdentityError: Error, Equatable, Sendable {
  /// The file cannot be opened or read; the number is errno.
  case cannotRead(path: String, errno: Int32)
  /// The file or folder cannot be written; the number is errno.
  case cannotWrite(path: String, errno: Int32)
  /// The file exists already, and identities are never overwritten.
  case alreadyExists(path: String)
  /// The key file belongs to another user, or its mode lets others than the owner read or write it.
  case keyExposed(path: String, mode: UInt32)
  /// The file does not hold one X.509 certificate in PEM.
  case notACertificate(path: String)
  /// The file does not hold one unencrypted private key in PEM.
  case notAKey(path: String)
  /// The certificate's key is not on the curve P-256.
  case unsupportedKey(path: String)
  /// The private key does not belong to the certificate.
  case keyMismatch(path: String)
  /// The certificate is not valid yet or no longer.
  case outsideValidity(path: String)
  /// A fingerprint has 64 hexadecimal digits.
  case malformedFingerprint
  /// A name has 1 to 64 characters, none of them a control character.
  case invalidName
  /// A validity is 1 to 3650 days.
  case invalidValidity
  /// The libraries refused to make a key or certificate.
  case creationFailed
}

extension IdentityError: CustomStringConvertible {
  /// What is wrong, in one clause.
  public var description: String {
    switch self {
    case .cannotRead(let path, let errno): "cannot read \(path): \(systemText(errno))"
    case .cannotWrite(let path, let errno): "cannot write \(path): \(systemText(errno))"
    case .alreadyExists(let path): "\(path) exists already"
    case .keyExposed(let path, let mode):
      "the key \(path) is not yours alone (mode \(String(mode, radix: 8)))"
    case .notACertificate(let path): "\(path) does not hold one certificate in PEM"
    case .notAKey(let path): "\(path) does not hold one unencrypted private key in PEM"
    case .unsupportedKey(let path): "the certificate \(path) has another key than one on P-256"
    case .keyMismatch(let path): "the key \(path) does not belong to its certificate"
    case .outsideValidity(let path): "the certificate \(path) is not valid today"
    case .malformedFingerprint: "a fingerprint has 64 hexadecimal digits"
    case .invalidName: "a name has 1 to 64 characters and no control characters"
    case .invalidValidity: "a validity is 1 to 3650 days"
    case .creationFailed: "no key or certificate could be made"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .cannotRead: "Check the path and who may read it."
    case .cannotWrite: "Check that the folder exists and that you may write there."
    case .alreadyExists:
      "Choose another folder; an identity that peers have pinned should not be replaced unnoticed."
    case .keyExposed(let path, _): "Make sure that it is yours, then run: chmod 600 \(path)"
    case .notACertificate, .notAKey, .unsupportedKey, .keyMismatch:
      "Use the folder that 'hitoku identity create' made, or make a new one."
    case .outsideValidity:
      "Check this machine's clock; then make a new identity and exchange its fingerprint."
    case .malformedFingerprint: "Copy what 'hitoku identity show' prints on the other side."
    case .invalidName: "Name the organisation shortly."
    case .invalidValidity: "730 days is the usual choice."
    case .creationFailed: "Try again; if it persists, the installation is damaged."
    }
  }
}
