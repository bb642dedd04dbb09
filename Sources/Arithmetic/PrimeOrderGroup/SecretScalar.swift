import Secrets

// Fence: scalars in wiped memory, handed to libsodium by pointer.

/// A secret factor in 1..<ℓ: a key or a blind. It has one owner, is wiped at the end of its life and cannot be printed.
public struct SecretScalar: ~Copyable, Sendable {
  private let storage: SecretBytes

  /// 32 bytes in 1..<ℓ.
  private init(checked storage: consuming SecretBytes) { self.storage = storage }

  /// A uniform scalar from the system's random source.
  public static func random() -> SecretScalar {
    while true {
      // Zero has probability 2^-252.
      if let scalar = try? SecretScalar(reducing: SystemRandom.secretBytes(count: 64)) { return scalar }
    }
  }

  /// Exactly 64 uniform bytes, a little-endian number, modulo ℓ. Throws `invalidScalar` for zero.
  public init(reducing uniform: borrowing SecretBytes) throws(GroupError) {
    precondition(uniform.count == 64, "wide reduction takes 64 bytes")
    let reduced = unsafe uniform.withUnsafeBufferPointer { wide in
      unsafe Self.makeRow { unsafe Sodium.reduce(start(wide), into: $0) }
    }
    try self.init(decoding: reduced)
  }

  /// 32 little-endian bytes of a number in 1..<ℓ. Throws `invalidLength` or `invalidScalar`.
  public init(decoding bytes: borrowing SecretBytes) throws(GroupError) {
    guard bytes.count == Row.byteCount else { throw .invalidLength(bytes.count) }
    let (isCanonical, isZero) = unsafe bytes.withUnsafeBufferPointer { unsafe classifyScalar(start($0)) }
    guard isCanonical, !isZero else { throw .invalidScalar }
    storage = bytes.copy()
  }

  /// Hashes a secret message to a scalar as `GroupScalar(hashing:tag:)` does. Throws `invalidScalar` for zero.
  public init(hashing message: borrowing SecretBytes, tag: DomainSeparationTag) throws(GroupError) {
    let uniform = unsafe message.withUnsafeBufferPointer { message in
      unsafe SecretBytes(count: 64) {
        unsafe expandMessage(UnsafeRawBufferPointer(message), tag: tag, into: $0)
      }
    }
    try self.init(reducing: uniform)
  }

  /// The 32 bytes of the encoding.
  public borrowing func encoded() -> SecretBytes { storage.copy() }

  /// A second owner of the same scalar.
  public borrowing func copy() -> SecretScalar { SecretScalar(checked: storage.copy()) }

  /// The inverse mod ℓ: takes a blind off.
  public borrowing func inverted() -> SecretScalar {
    unsafe withPointer { a in
      SecretScalar(checked: unsafe Self.makeRow { unsafe Sodium.invertScalar(a, into: $0) })
    }
  }

  /// The product mod ℓ.
  public borrowing func multiplied(by other: borrowing SecretScalar) -> SecretScalar {
    unsafe withPointer { a in
      unsafe other.withPointer { b in
        SecretScalar(checked: unsafe Self.makeRow { unsafe Sodium.multiplyScalars(a, b, into: $0) })
      }
    }
  }

  /// nonce − challenge·self mod ℓ: the public response of a proof of knowledge. A nonce answers one challenge only,
  /// else the key is known.
  public borrowing func response(to challenge: GroupScalar, nonce: borrowing SecretScalar) -> GroupScalar {
    unsafe withPointer { key in
      unsafe challenge.row.withPointer { challenge in
        let product = unsafe Self.makeRow { unsafe Sodium.multiplyScalars(challenge, key, into: $0) }
        return unsafe product.withUnsafeBufferPointer { product in
          unsafe nonce.withPointer { nonce in
            GroupScalar(row: unsafe Row { unsafe Sodium.subtractScalars(nonce, start(product), into: $0) })
          }
        }
      }
    }
  }

  borrowing func withPointer<R: ~Copyable>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
    unsafe storage.withUnsafeBufferPointer { unsafe body(start($0)) }
  }

  private static func makeRow(_ body: (UnsafeMutablePointer<UInt8>) -> Void) -> SecretBytes {
    unsafe SecretBytes(count: Row.byteCount) { row in
      guard let start = row.baseAddress else { preconditionFailure("a row has bytes") }
      unsafe body(start)
    }
  }
}

/// The address of a buffer that is not empty.
func start<Element>(_ buffer: UnsafeBufferPointer<Element>) -> UnsafePointer<Element> {
  guard let start = buffer.baseAddress else { preconditionFailure("the buffer is empty") }
  return unsafe start
}
