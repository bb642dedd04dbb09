/// A public key whose shape is known: n is a product of two Blum primes, neither of them small. What the short form of
/// encryption, and every proof about ciphertexts, rests on.
public struct ProvenKey: Sendable {
  /// The key.
  public let key: PublicKey

  /// Somebody else's key, by its proofs. `auxiliary` are parameters of this side's own, or of a party that it trusts not to
  /// work with the key's owner; `context` is what the owner proved for, such as a study's digest.
  ///
  /// Throws `proofRejected`; `.noSmallFactor` also for parameters on a modulus that shares a factor with the key, `.auxiliaryParameters`
  /// for those on a shorter one.
  public init(
    verifying key: PublicKey, proof: KeyProof, auxiliary: AuxiliaryParameters, context: [UInt8]
  ) throws(PaillierError) {
    // The cheaper one first.
    try proof.factors.verify(key, auxiliary: auxiliary, context: context)
    try proof.blum.verify(key, context: context)
    self.key = key
  }

  /// The public part of one's own key, which needs no proof where its primes are Blum primes: fresh keys' are.
  ///
  /// Nil for an imported key whose primes are not ≡ 3 mod 4, or p − 1 and q − 1 have more than 2 in common.
  public init?(own key: borrowing PrivateKey) {
    guard key.hasBlumPrimes else { return nil }
    self.key = key.publicKey
  }
}
