import BigIntegers
import Paillier
import Secrets

/// Key files as python-paillier's `pheutil` has them: JSON objects of `kty` DAJ, numbers as big-endian base64url.
///
///     public   {"kty": "DAJ", "alg": "PAI-GN1", "key_ops": ["encrypt"], "n": …, "kid": …}
///     private  {"kty": "DAJ", "key_ops": ["decrypt"], "p": …, "q": …, "pub": {…}, "kid": …}
///
/// Older files have `lambda` and `mu` in place of `p` and `q`; what is written here has all four.
public enum KeyFile {
  /// The longest text that is read.
  public static let maximumByteCount = 1 << 16
  /// Characters of a number of 8,192 bits.
  private static let maximumNumber = 1_400

  /// A public key, or the public part of a private key's file.
  public static func publicKey(_ text: borrowing SecretBytes) throws(PaillierFilesError) -> PublicKey {
    let fields = try read(text)
    if !fields.has("pub") { try fields.expect("PAI-GN1", "alg") }
    let n = try modulus(fields)
    return try rejecting { () throws(PaillierError) in try PublicKey(n: n) }
  }

  /// Whether the text is that of a private key: it has the field p or lambda.
  public static func isPrivate(_ text: borrowing SecretBytes) throws(PaillierFilesError) -> Bool {
    let fields = try read(text)
    return fields.has("p") || fields.has("lambda")
  }

  /// A private key, by its primes or by λ. Its public part must be that of the same modulus; where λ or μ stand beside primes, or μ beside
  /// λ, they must be of the same key, and λ alone must be a multiple of p − 1 and of q − 1.
  public static func privateKey(_ text: borrowing SecretBytes) throws(PaillierFilesError) -> PrivateKey {
    let fields = try read(text)
    let n = try modulus(fields)
    let key: PrivateKey
    if fields.has("p") || !fields.has("lambda") {
      let p = try fields.base64("p", maximum: maximumNumber),
        q = try fields.base64("q", maximum: maximumNumber)
      do throws(PaillierError) { key = try PrivateKey(p: p, q: q) } catch { throw .rejected(error) }
      // The modulus first: that λ is not this key's would be said of a wrong modulus, too.
      guard key.publicKey.n == n else { throw .rejected(.invalidKey(.modulus, .doesNotOpen)) }
      if fields.has("lambda") {
        let lambda = try fields.base64("lambda", maximum: maximumNumber)
        guard key.isOrderMultiple(lambda) else { throw .rejected(.invalidKey(.lambda, .doesNotOpen)) }
        try checkMu(fields, lambda, n)
      } else if fields.has("mu") {
        throw .missing(field: "lambda")
      }
    } else {
      let lambda = try fields.base64("lambda", maximum: maximumNumber)
      do throws(PaillierError) { key = try PrivateKey(n: n, lambda: lambda) } catch { throw .rejected(error) }
      guard key.publicKey.n == n else { throw .rejected(.invalidKey(.modulus, .doesNotOpen)) }
      // A number that happens to factor n would pass for λ.
      guard key.isOrderMultiple(lambda) else { throw .rejected(.invalidKey(.lambda, .doesNotOpen)) }
      try checkMu(fields, lambda, n)
    }
    return key
  }

  private static func read(_ text: borrowing SecretBytes) throws(PaillierFilesError) -> FieldReader {
    guard text.count <= maximumByteCount else { throw .malformed(at: maximumByteCount) }
    let fields = try FieldReader(text)
    try fields.expect("DAJ", "kty")
    if fields.has("pub") {
      try fields.expect("DAJ", "pub", "kty")
      try fields.expect("PAI-GN1", "pub", "alg")
    }
    if fields.has("alg") { try fields.expect("PAI-GN1", "alg") }
    return fields
  }

  /// The one modulus that a file has. Throws `rejected` where it has two that differ, so that no two programs read different keys from it,
  /// and `missing` for a public part without a private one around it.
  private static func modulus(_ fields: borrowing FieldReader) throws(PaillierFilesError) -> BigInteger {
    guard fields.has("pub") else { return try modulus(fields.base64("n", maximum: maximumNumber)) }
    guard fields.has("p") || fields.has("lambda") else { throw .missing(field: "p") }
    let n = try modulus(fields.base64("pub", "n", maximum: maximumNumber))
    if fields.has("n"), try modulus(fields.base64("n", maximum: maximumNumber)) != n {
      throw .rejected(.invalidKey(.modulus, .doesNotOpen))
    }
    return n
  }

  private static func modulus(_ bytes: borrowing SecretBytes) -> BigInteger {
    SecretInteger(bigEndian: bytes, wordCount: (bytes.count + 7) / 8 + 1)?.value(variableTime: ()) ?? 0
  }

  private static func checkMu(
    _ fields: borrowing FieldReader, _ lambda: borrowing SecretBytes, _ n: BigInteger
  ) throws(PaillierFilesError) {
    guard fields.has("mu") else { return }
    let mu = try fields.base64("mu", maximum: maximumNumber)
    guard inverts(mu, lambda, n) else { throw .rejected(.invalidKey(.mu, .doesNotOpen)) }
  }

  private static func inverts(_ mu: borrowing SecretBytes, _ lambda: borrowing SecretBytes, _ n: BigInteger)
    -> Bool
  {
    let modulus = SecretInteger(variableTime: n, wordCount: (n.bitWidth + 63) / 64)
    guard let a = SecretInteger(bigEndian: mu, wordCount: 128),
      let b = SecretInteger(bigEndian: lambda, wordCount: 128)
    else {
      return false
    }
    return a.modulo(modulus).times(b.modulo(modulus)).modulo(modulus).value(variableTime: ()) == 1
  }
}

/// Runs a check of the scheme, and names its error as this room's.
func rejecting<R>(_ body: () throws(PaillierError) -> R) throws(PaillierFilesError) -> R {
  do throws(PaillierError) { return try body() } catch { throw .rejected(error) }
}
