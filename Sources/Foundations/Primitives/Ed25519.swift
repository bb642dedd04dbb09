// Fence: hands buffers to OpenSSL for the length of a call, and frees what it made.
import COpenSSL
import Secrets

/// An Ed25519 public key (RFC 8032): 32 bytes, checked when a signature is.
public struct SigningPublicKey: Sendable, Hashable {
  /// The length of a key.
  public static let byteCount = 32
  /// The length of a signature.
  public static let signatureByteCount = 64

  /// The key as RFC 8032 writes it.
  public let bytes: [UInt8]

  /// Exactly 32 bytes; nil otherwise.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Whether `signature` is this key's on `message`. False for anything malformed.
  public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    guard signature.count == Self.signatureByteCount,
      let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
    else { return false }
    defer { unsafe EVP_PKEY_free(key) }
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer { unsafe EVP_MD_CTX_free(context) }
    guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
    return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// An Ed25519 private key (RFC 8032) as its 32 secret bytes, in wiped memory.
public struct SigningKey: ~Copyable, Sendable {
  private let seed: SecretBytes
  /// Checks what this key signs.
  public let publicKey: SigningPublicKey

  /// A fresh key.
  public init() { self.init(checked: SystemRandom.secretBytes(count: SigningPublicKey.byteCount)) }

  /// The key of exactly 32 secret bytes; nil otherwise.
  public init?(seed: consuming SecretBytes) {
    guard seed.count == SigningPublicKey.byteCount else { return nil }
    self.init(checked: seed)
  }

  private init(checked seed: consuming SecretBytes) {
    let key = unsafe Self.key(seed)
    defer { unsafe EVP_PKEY_free(key) }
    var length = SigningPublicKey.byteCount
    var bytes = [UInt8](repeating: 0, count: length)
    let status = unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &length)
    guard status == 1, let publicKey = SigningPublicKey(bytes: bytes) else {
      preconditionFailure("OpenSSL has no Ed25519")
    }
    self.publicKey = publicKey
    self.seed = seed
  }

  /// The 32 secret bytes, for a file of mode 0600.
  public borrowing func exportSeed() -> SecretBytes { seed.copy() }

  /// 64 bytes; the same for the same message.
  public borrowing func signature(for message: [UInt8]) -> [UInt8] {
    let key = unsafe Self.key(seed)
    defer { unsafe EVP_PKEY_free(key) }
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("OpenSSL is out of memory") }
    defer { unsafe EVP_MD_CTX_free(context) }
    var length = SigningPublicKey.signatureByteCount
    var signature = [UInt8](repeating: 0, count: length)
    let status = unsafe EVP_DigestSignInit(context, nil, nil, nil, key)
    let signed = unsafe EVP_DigestSign(context, &signature, &length, message, message.count)
    precondition(status == 1 && signed == 1 && length == signature.count, "OpenSSL cannot sign")
    return signature
  }

  private static func key(_ seed: borrowing SecretBytes) -> OpaquePointer {
    let key = unsafe seed.withUnsafeBufferPointer { seed in
      unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.baseAddress, seed.count)
    }
    guard let key = unsafe key else { preconditionFailure("OpenSSL has no Ed25519") }
    return unsafe key
  }
}
