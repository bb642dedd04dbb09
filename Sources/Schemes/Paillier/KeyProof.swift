import ByteCoding

/// What shows, to whoever trusts the auxiliary parameters, that short randomness may be used under somebody's key: both proofs.
public struct KeyProof: Sendable, Equatable {
  /// Two Blum primes.
  public let blum: BlumProof
  /// Neither of them small.
  public let factors: FactorProof

  /// From outside; `ProvenKey` checks it.
  public init(blum: BlumProof, factors: FactorProof) {
    self.blum = blum
    self.factors = factors
  }

  /// Makes both for one's own key under a verifier's checked parameters. Throws `invalidKey(.p, .notAFactor)` where the key's primes are
  /// not Blum primes, `proofRejected(.auxiliaryParameters)` for parameters on a modulus shorter than the key's, which nobody would accept.
  public init(
    proving key: borrowing PrivateKey, auxiliary: AuxiliaryParameters, context: [UInt8]
  ) throws(PaillierError) {
    guard auxiliary.key.bitWidth >= key.publicKey.bitWidth else {
      throw .proofRejected(.auxiliaryParameters)
    }
    self.init(
      blum: try BlumProof(proving: key, context: context),
      factors: FactorProof(proving: key, auxiliary: auxiliary, context: context))
  }

  /// Format, then each proof after its length.
  public func encoded(for key: PublicKey) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Format.keyProof.header)
    writer.append(lengthPrefixed: blum.encoded(for: key))
    writer.append(lengthPrefixed: factors.encoded())
    return writer.finish()
  }

  /// Reads proofs from outside; `ProvenKey` checks them. Throws `malformed`.
  public init(decoding bytes: [UInt8], key: PublicKey) throws(PaillierError) {
    var reader = try IntegerReader(bytes, .keyProof, .keyProof)
    let blum = try reader.part(upTo: BlumProof.encodedByteCount(key))
    let factors = try reader.part(upTo: FactorProof.maximumByteCount)
    try reader.expectEnd()
    self.init(
      blum: try BlumProof(decoding: blum, key: key), factors: try FactorProof(decoding: factors))
  }
}
