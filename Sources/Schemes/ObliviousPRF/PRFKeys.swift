import PrimeOrderGroup
import Secrets

// Fence: a secret seed and what is appended to it, written into wiped memory.

/// The server's secret key.
public struct PRFSecretKey: ~Copyable, Sendable {
  /// Bytes of a key, and of a seed.
  public static let byteCount = 32

  let scalar: SecretScalar

  init(scalar: consuming SecretScalar) { self.scalar = scalar }

  /// A fresh key from the system's random source.
  public static func random() -> PRFSecretKey { PRFSecretKey(scalar: .random()) }

  /// DeriveKeyPair of RFC 9497, section 3.2.1: the same key from the same seed of 32 secret bytes, information and mode.
  ///
  /// Throws `invalidKey` for a seed of another length or one that gives no key (probability below 2^-64000), and
  /// `inputTooLong`.
  public init(
    seed: borrowing SecretBytes, info: [UInt8], mode: PRFMode
  ) throws(ObliviousPRFError) {
    guard seed.count == Self.byteCount else { throw .invalidKey }
    guard info.count <= ObliviousPRF.maximumInputByteCount else { throw .inputTooLong(byteCount: info.count) }
    let tag = PRFTranscript(mode).deriveKeyPair
    for counter in UInt8.min...UInt8.max {
      let suffix = PRFTranscript.prefixed(info) + [counter]
      let message = unsafe seed.withUnsafeBufferPointer { seed in
        unsafe SecretBytes(count: seed.count + suffix.count) { message in
          _ = unsafe message.update(fromContentsOf: seed)
          for (i, byte) in suffix.enumerated() { unsafe message[seed.count + i] = byte }
        }
      }
      if let scalar = try? SecretScalar(hashing: message, tag: tag) {
        self.init(scalar: scalar)
        return
      }
    }
    throw .invalidKey
  }

  /// The 32 bytes that `encoded` gave. Throws `invalidKey`.
  public init(decoding bytes: borrowing SecretBytes) throws(ObliviousPRFError) {
    do { self.init(scalar: try SecretScalar(decoding: bytes)) } catch { throw .invalidKey }
  }

  /// 32 secret bytes.
  public borrowing func encoded() -> SecretBytes { scalar.encoded() }

  /// What the server publishes: k·G.
  public var publicKey: PRFPublicKey { PRFPublicKey(element: .generator(multipliedBy: scalar)) }
}

/// The server's public key, against which clients check evaluations in the verifiable mode.
public struct PRFPublicKey: Hashable, Sendable {
  let element: GroupElement

  init(element: GroupElement) { self.element = element }

  /// Exactly 32 bytes. Throws `invalidKey` unless they are an element other than the identity.
  public init(decoding bytes: [UInt8]) throws(ObliviousPRFError) {
    do { element = try GroupElement(decoding: bytes) } catch { throw .invalidKey }
  }

  /// 32 bytes.
  public var bytes: [UInt8] { element.bytes }
}
