#if Services
import Identities
import Primitives
import Secrets

/// The key that signs receipts and manifests, from a file of mode 0600 in the state folder, which is made at the first start.
final class ProviderKey: Sendable {
  private let key: SigningKey

  /// Reads the file, or makes it. Throws `unusableKey` or `identity`.
  init(file path: String) throws(SumdError) { key = try Self.load(path) }

  private static func load(_ path: String) throws(SumdError) -> SigningKey {
    let fresh = SigningKey()
    do throws(IdentityError) {
      try withTransientArray(of: fresh.exportSeed()) { bytes throws(IdentityError) in
        try createFile(path, mode: 0o600, contents: bytes)
      }
      return fresh
    } catch {
      guard case .alreadyExists = error else { throw .identity(error) }
    }
    let seed: SecretBytes
    do { seed = try readKeyFile(path) } catch { throw .identity(error) }
    guard let key = SigningKey(seed: seed) else { throw .unusableKey(path: path) }
    return key
  }

  var publicKey: SigningPublicKey { key.publicKey }

  /// Signs within `body`.
  func with<Value, Failure: Error>(
    _ body: (borrowing SigningKey) throws(Failure) -> Value
  ) throws(Failure) -> Value { try body(key) }
}
#endif
