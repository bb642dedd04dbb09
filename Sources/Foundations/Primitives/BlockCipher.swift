import COpenSSL

// The fence around EVP_CIPHER_CTX for AES-128: one context for each cipher, freed, and so wiped, with it.

/// Sixteen bytes as two words, the unit of garbling and oblivious transfer.
public typealias Block = SIMD2<UInt64>

/// AES-128 on many blocks at once (FIPS 197): a public permutation that is exchanged often.
///
/// A block costs 1.1 ns in calls of 64 or more, a new key about 80 ns.
@safe
struct BlockCipher: ~Copyable, @unchecked Sendable {
  static let keyByteCount = 16

  private let context: OpaquePointer

  init() {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("OpenSSL is out of memory") }
    let zero = [UInt8](repeating: 0, count: Self.keyByteCount)
    let status = unsafe EVP_EncryptInit_ex(context, Self.cipher, nil, zero, nil)
    precondition(status == 1, "AES-128 cannot be keyed")
    unsafe EVP_CIPHER_CTX_set_padding(context, 0)
    unsafe self.context = context
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Takes the 16 bytes at `key` from now on.
  mutating func rekey(_ key: UnsafePointer<UInt8>) {
    let status = unsafe EVP_EncryptInit_ex(context, nil, nil, key, nil)
    precondition(status == 1, "AES-128 cannot be keyed")
  }

  /// Replaces each of `count` blocks by its image.
  mutating func encrypt(_ blocks: UnsafeMutablePointer<Block>, count: Int) {
    var written: Int32 = 0
    let bytes = unsafe UnsafeMutableRawPointer(blocks).assumingMemoryBound(to: UInt8.self)
    let status = unsafe EVP_EncryptUpdate(context, bytes, &written, bytes, Int32(16 * count))
    precondition(status == 1 && Int(written) == 16 * count, "AES-128 failed")
  }

  /// Fetched once: looking the algorithm up again would cost more than keying it. Read-only from then on.
  private nonisolated(unsafe) static let cipher: OpaquePointer = {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-128-ECB", nil) else {
      preconditionFailure("OpenSSL has no AES-128-ECB")
    }
    return unsafe cipher
  }()
}
