import COpenSSL
import Glibc
import Secrets

// The fence around EVP_CIPHER_CTX: one context for each stream, freed with it. Freeing wipes the key schedule. Only
// `mutating` calls use a context, so that one thread at a time has it.

/// An endless stream of pseudorandom bytes: AES-256 in counter mode over zeros (NIST SP 800-38A, section 6.5).
///
/// One key gives 2^64 independent streams, each good for 2^64 blocks. The initial counter block is the stream number
/// in 8 little-endian bytes, then 8 zero bytes, counted up as one big-endian number. Bytes depend on key and stream
/// alone, never on how they are asked for.
@safe
public struct RandomStream: ~Copyable, @unchecked Sendable {
  /// The length of a key.
  public static let keyByteCount = 32

  /// One call encrypts at most this much: EVP lengths are 32-bit, and zeros stay in the second-level cache between
  /// being written and being encrypted.
  private static let pieceByteCount = 1 << 18

  private let context: OpaquePointer

  /// The stream of a secret `key` of exactly 32 bytes: for keys, errors and everything else that must stay hidden.
  public init(key: borrowing SecretBytes, stream: UInt64 = 0) {
    precondition(key.count == Self.keyByteCount, "a stream key has 32 bytes")
    unsafe context = key.withUnsafeBufferPointer { key in
      unsafe Self.makeContext(key: key, counter: Self.counterBlock(stream))
    }
  }

  /// The stream of a public `seed`: for uniform values that both ends of a wire expand for themselves.
  public init(seed: Seed, stream: UInt64) {
    unsafe context = seed.bytes.withUnsafeBufferPointer { key in
      unsafe Self.makeContext(key: key, counter: Self.counterBlock(stream))
    }
  }

  /// The stream of `key` from an explicit counter block of 16 bytes, to check against published vectors.
  package init(key: [UInt8], counterBlock: [UInt8]) {
    precondition(key.count == Self.keyByteCount && counterBlock.count == 16, "key and counter block")
    unsafe context = key.withUnsafeBufferPointer { key in
      unsafe Self.makeContext(key: key, counter: counterBlock)
    }
  }

  /// A stream under a fresh secret key from the operating system, which nobody can make again.
  public static func fromSystem() -> RandomStream {
    RandomStream(key: SystemRandom.secretBytes(count: keyByteCount))
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Fills `buffer` with the next bytes of the stream, about 15 ns a call and, with AES instructions, 0.12 ns a
  /// byte.
  public mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    guard var next = buffer.baseAddress else { return }
    var left = buffer.count
    while left > 0 {
      let size = min(left, Self.pieceByteCount)
      unsafe memset(next, 0, size)
      unsafe encryptInPlace(next, size)
      unsafe next += size
      left -= size
    }
  }

  private mutating func encryptInPlace(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
    var written: Int32 = 0
    let bytes = unsafe start.assumingMemoryBound(to: UInt8.self)
    let status = unsafe EVP_EncryptUpdate(context, bytes, &written, bytes, Int32(byteCount))
    precondition(status == 1 && Int(written) == byteCount, "AES-256-CTR failed")
  }

  private static func counterBlock(_ stream: UInt64) -> [UInt8] {
    unsafe withUnsafeBytes(of: stream.littleEndian) { unsafe Array($0) } + [UInt8](repeating: 0, count: 8)
  }

  private static func makeContext(key: UnsafeBufferPointer<UInt8>, counter: [UInt8]) -> OpaquePointer {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("OpenSSL is out of memory") }
    let status = unsafe EVP_EncryptInit_ex(context, cipher, nil, key.baseAddress, counter)
    precondition(status == 1, "AES-256-CTR cannot be keyed")
    return unsafe context
  }

  /// Fetched once: looking the algorithm up again would cost more than keying it. Read-only from then on.
  private nonisolated(unsafe) static let cipher: OpaquePointer = {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-CTR", nil) else {
      preconditionFailure("OpenSSL has no AES-256-CTR")
    }
    return unsafe cipher
  }()
}
