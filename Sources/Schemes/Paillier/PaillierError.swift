/// What can be wrong with a key, a ciphertext, a value or a proof. Never carries secret data.
public enum PaillierError: Error, Equatable, Sendable {
  /// A part of a key.
  public enum KeyField: String, Sendable {
    /// The modulus n.
    case modulus = "n"
    /// A prime factor.
    case p
    /// The other prime factor.
    case q
    /// Carmichael's or Euler's function of n, or a multiple.
    case lambda
    /// λ⁻¹ mod n.
    case mu
  }

  /// What is wrong with it.
  public enum KeyProblem: Equatable, Sendable {
    /// Fewer than 2048 bits.
    case tooShort(bits: Int)
    /// More than 4096 bits.
    case tooLong(bits: Int)
    /// The modulus is even.
    case even
    /// The modulus is a prime number.
    case prime
    /// The modulus is a^b, b ≥ 2.
    case perfectPower
    /// The modulus has a factor below 2^20.
    case smallFactor
    /// The factor is not prime, or the factors' product is not n, or they are equal or of different lengths.
    case notAFactor
    /// The number does not open the modulus.
    case doesNotOpen
  }

  /// A key cannot be used.
  case invalidKey(KeyField, KeyProblem)
  /// The ciphertext at `index` is 0, or n² or more.
  case ciphertextOutOfRange(index: Int)
  /// The ciphertext at `index` has a common factor with n.
  case ciphertextNotInvertible(index: Int)
  /// The value at `index` is not in the range of its encoding.
  case valueOutOfRange(index: Int)
  /// The sum or product might leave the range in which overflow is told from a value.
  case mayOverflow
  /// The decrypted number at `index` lies between the positive and the negative values: a sum overflowed.
  case overflow(index: Int)
  /// The exponent is out of −1,100…1,100, or above that of a number it is to replace.
  case exponentOutOfRange(Int)
  /// Bringing ciphertexts to one exponent would take this many squarings, more than `EncryptedNumbers.maximumSquarings`.
  case exponentsTooFarApart(squarings: Int)
  /// The decoded number at `index` is too large for a double or an Int.
  case notRepresentable(index: Int)
  /// Operands of different keys.
  case differentKeys
  /// Operands of different lengths.
  case differentCounts(Int, Int)
  /// More addends than the packing has room for.
  case tooManyAddends(Int, maximum: Int)
  /// A proof is malformed, or does not hold.
  case proofRejected(Proof)
  /// Bytes are not an encoding of this kind.
  case malformed(Encoding)

  /// What bytes encode.
  public enum Encoding: String, Sendable {
    /// A public key.
    case publicKey
    /// Ciphertexts under one key.
    case ciphertexts
    /// A range proof.
    case rangeProof
    /// A proof of the shape of a modulus.
    case blumProof
    /// A proof that a modulus has no small factor.
    case factorProof
    /// Ring-Pedersen parameters.
    case auxiliaryParameters
    /// All proofs of a key.
    case keyProof
  }

  /// Which proof.
  public enum Proof: String, Sendable {
    /// The modulus is a product of two Blum primes.
    case blumModulus
    /// The modulus has no small factor.
    case noSmallFactor
    /// Ring-Pedersen parameters are well-formed.
    case auxiliaryParameters
    /// A ciphertext encrypts a value of a range.
    case range
  }
}
