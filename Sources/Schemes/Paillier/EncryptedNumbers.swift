import BigIntegers
import ModularExponentiation
import ParallelLoops

/// Encrypted signed fixed-point numbers: ciphertexts, the exponent they count in, and a bound on their mantissas that every operation
/// carries along, so that one which might overflow is refused before it is computed.
///
/// The bound follows from public facts alone: what encryptors declare, and factors' sizes.
public struct EncryptedNumbers: Sendable {
  /// The mantissas, encrypted.
  public let ciphertexts: Ciphertexts
  /// Each number is mantissa·16^exponent.
  public let exponent: Int
  /// No mantissa is larger in magnitude.
  public let bound: BigInteger

  /// The bits that a mantissa from elsewhere is taken to have where its encryptor says nothing: a double at python-paillier's
  /// exponent −32 has at most 181 below 2^53. What exceeds it is still caught by the decryptor.
  public static let assumedBits = 512

  /// Ciphertexts whose mantissas the encryptors declare to be at most `bound`. Throws `mayOverflow` where that is above n/3 − 1,
  /// `exponentOutOfRange`.
  public init(
    _ ciphertexts: Ciphertexts, exponent: Int, bound: BigInteger = BigInteger(1) << assumedBits
  ) throws(PaillierError) {
    guard NumberEncoding.exponents.contains(exponent) else { throw .exponentOutOfRange(exponent) }
    guard bound.signum >= 0, bound <= ciphertexts.key.maximumMagnitude else { throw .mayOverflow }
    self.ciphertexts = ciphertexts
    self.exponent = exponent
    self.bound = bound
  }

  /// How many.
  public var count: Int { ciphertexts.count }

  /// The same numbers at a lower exponent: mantissas times a power of 16. Throws `exponentOutOfRange` for a higher one.
  public func lowered(to newExponent: Int) throws(PaillierError) -> EncryptedNumbers {
    guard newExponent <= exponent, NumberEncoding.exponents.contains(newExponent) else {
      throw .exponentOutOfRange(newExponent)
    }
    let bits = 4 * (exponent - newExponent)
    guard bits > 0 else { return self }
    let grown = bound << bits
    guard grown <= ciphertexts.key.maximumMagnitude else { throw .mayOverflow }
    let factor = BigInteger(1) << bits
    let factors = SecretIntegers(
      variableTime: [BigInteger](repeating: factor, count: count), wordCount: bits / 64 + 1)
    return try EncryptedNumbers(
      ciphertexts.multiplying(by: factors, bits: bits + 1), exponent: newExponent, bound: grown)
  }

  /// The sums, at the lower of both exponents.
  public func adding(_ other: EncryptedNumbers) throws(PaillierError) -> EncryptedNumbers {
    let common = min(exponent, other.exponent)
    let left = try lowered(to: common), right = try other.lowered(to: common)
    return try EncryptedNumbers(
      left.ciphertexts.adding(right.ciphertexts), exponent: common, bound: left.bound + right.bound)
  }

  /// The differences, at the lower of both exponents.
  public func subtracting(_ other: EncryptedNumbers) throws(PaillierError) -> EncryptedNumbers {
    let common = min(exponent, other.exponent)
    let left = try lowered(to: common), right = try other.lowered(to: common)
    return try EncryptedNumbers(
      left.ciphertexts.subtracting(right.ciphertexts), exponent: common, bound: left.bound + right.bound)
  }

  /// The sums with plain numbers of this exponent or a lower one, encoded for the same key.
  public func adding(plain numbers: borrowing EncodedNumbers) throws(PaillierError) -> EncryptedNumbers {
    guard numbers.key == ciphertexts.key else { throw .differentKeys }
    guard numbers.exponent <= exponent else { throw .exponentOutOfRange(numbers.exponent) }
    let own = try lowered(to: numbers.exponent)
    return try EncryptedNumbers(
      own.ciphertexts.adding(plain: numbers.residues), exponent: numbers.exponent,
      bound: own.bound + numbers.bound)
  }

  /// The products with plain signed factors times 16^factorExponent, |factor| < 2^bits.
  public func multiplying(
    by factors: [Int], bits: Int = 63, factorExponent: Int = 0
  ) throws(PaillierError) -> EncryptedNumbers {
    let grown = bound << bits
    guard grown <= ciphertexts.key.maximumMagnitude else { throw .mayOverflow }
    return try EncryptedNumbers(
      ciphertexts.multiplying(by: factors, bits: bits), exponent: exponent + factorExponent, bound: grown)
  }

  /// The sum of all.
  public func sum() throws(PaillierError) -> EncryptedNumbers {
    try EncryptedNumbers(
      ciphertexts.columnSums(width: 1), exponent: exponent, bound: bound * BigInteger(count))
  }
}

extension Encryptor {
  /// Encrypts numbers that were encoded for this key, with the bound they were encoded with unless a larger one is declared.
  public func encrypt(
    _ numbers: borrowing EncodedNumbers, declaring bound: BigInteger? = nil
  ) throws(PaillierError) -> EncryptedNumbers {
    guard numbers.key == key else { throw .differentKeys }
    if let bound, bound < numbers.bound { throw .mayOverflow }
    return try EncryptedNumbers(
      encrypt(numbers.residues), exponent: numbers.exponent, bound: bound ?? numbers.bound)
  }
}

extension PrivateKey {
  /// The numbers. Throws `overflow` where one left the signed range.
  public func decrypt(_ numbers: EncryptedNumbers) throws(PaillierError) -> [DecodedNumber] {
    let residues = try decrypt(numbers.ciphertexts)
    return try NumberEncoding(publicKey).decode(residues, exponent: numbers.exponent)
  }
}
