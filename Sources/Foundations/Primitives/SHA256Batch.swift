// Fence: OpenSSL's context, and messages read where they lie.
import COpenSSL

/// SHA-256 (FIPS 180-4) of many short messages: one context for all, where making one costs more than hashing.
@safe public struct SHA256Batch: ~Copyable {
  private let context: OpaquePointer

  /// A context.
  public init() {
    guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("OpenSSL has no memory") }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Writes the digest of `message` to `digest`, which has 32 bytes.
  public mutating func hash(_ message: UnsafeRawBufferPointer, into digest: UnsafeMutableRawBufferPointer) {
    precondition(digest.count == SHA256.byteCount, "a digest has 32 bytes")
    var written: UInt32 = 0
    let isDone =
      unsafe EVP_DigestInit_ex2(context, SHA256.algorithm, nil) == 1
      && EVP_DigestUpdate(context, message.baseAddress, message.count) == 1
      && EVP_DigestFinal_ex(context, digest.baseAddress?.assumingMemoryBound(to: UInt8.self), &written) == 1
    precondition(isDone && written == 32, "OpenSSL cannot hash")
  }
}
