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
  /// 2^assumedBits: what encryptors declare who say nothing else.
  public static let assumedBound = BigInteger(1) << assumedBits
  /// The most squarings that bringing ciphertexts to a lower exponent may take, four for each ciphertext and each step: exponents come
  /// from outside. A million ciphertexts may be lowered by 16 steps, some ten thousand by as many as any key has room for.
  public static let maximumSquarings = 1 << 26

  /// Ciphertexts whose mantissas the encryptors declare to be at most `bound`. Throws `mayOverflow` where that is above n/3 − 1,
  /// `exponentOutOfRange`.
  public init(
    _ ciphertexts: Ciphertexts, exponent: Int, bound: BigInteger = assumedBound
  ) throws(PaillierError) {
    guard NumberEncoding.exponents.contains(exponent) else { throw .exponentOutOfRange(exponent) }
    try ciphertexts.key.check(bound: bound)
    self.ciphertexts = ciphertexts
    self.exponent = exponent
    self.bound = bound
  }

  /// How many.
  public var count: Int { ciphertexts.count }

  /// The same numbers at a lower exponent: mantissas times a power of 16, by squarings. Throws `exponentOutOfRange` for a higher one,
  /// `exponentsTooFarApart` for more than `maximumSquarings`, `mayOverflow`.
  public func lowered(to newExponent: Int) throws(PaillierError) -> EncryptedNumbers {
    guard newExponent <= exponent, NumberEncoding.exponents.contains(newExponent) else {
      throw .exponentOutOfRange(newExponent)
    }
    let bits = 4 * (exponent - newExponent)
    guard bits > 0 else { return self }
    try Self.check(squarings: bits * count)
    let grown = bound << bits
    try ciphertexts.key.check(bound: grown)
    return try EncryptedNumbers(
      ciphertexts.multiplying(byPowerOfTwo: bits), exponent: newExponent, bound: grown)
  }

  static func check(squarings: Int) throws(PaillierError) {
    guard squarings <= maximumSquarings else { throw .exponentsTooFarApart(squarings: squarings) }
  }

  /// The bound at a lower exponent, once it is known that a sum with mantissas of `other` at that exponent fits.
  private func check(at exponent: Int, adding other: BigInteger) throws(PaillierError) {
    try ciphertexts.key.check(bound: (bound << (4 * (self.exponent - exponent))) + other)
  }

  /// The sums, at the lower of both exponents.
  public func adding(_ other: EncryptedNumbers) throws(PaillierError) -> EncryptedNumbers {
    let common = min(exponent, other.exponent)
    try check(at: common, adding: other.bound << (4 * (other.exponent - common)))
    let left = try lowered(to: common), right = try other.lowered(to: common)
    return try EncryptedNumbers(
      left.ciphertexts.adding(right.ciphertexts), exponent: common, bound: left.bound + right.bound)
  }

  /// The differences, at the lower of both exponents.
  public func subtracting(_ other: EncryptedNumbers) throws(PaillierError) -> EncryptedNumbers {
    let common = min(exponent, other.exponent)
    try check(at: common, adding: other.bound << (4 * (other.exponent - common)))
    let left = try lowered(to: common), right = try other.lowered(to: common)
    return try EncryptedNumbers(
      left.ciphertexts.subtracting(right.ciphertexts), exponent: common, bound: left.bound + right.bound)
  }

  /// The sums with plain numbers of this exponent or a lower one, encoded for the same key. The bound grows by what is declared, which
  /// is public, and not by the numbers' own. Throws `mayOverflow` also for numbers above it.
  public func adding(
    plain numbers: borrowing EncodedNumbers, declaring declared: BigInteger = assumedBound
  ) throws(PaillierError) -> EncryptedNumbers {
    guard numbers.key == ciphertexts.key else { throw .differentKeys }
    guard numbers.exponent <= exponent else { throw .exponentOutOfRange(numbers.exponent) }
    guard numbers.bound <= declared else { throw .mayOverflow }
    try check(at: numbers.exponent, adding: declared)
    let own = try lowered(to: numbers.exponent)
    return try EncryptedNumbers(
      own.ciphertexts.adding(plain: numbers.residues), exponent: numbers.exponent,
      bound: own.bound + declared)
  }

  /// The products with plain signed factors times 16^factorExponent, |factor| < 2^bits.
  public func multiplying(
    by factors: [Int], bits: Int = 63, factorExponent: Int = 0
  ) throws(PaillierError) -> EncryptedNumbers {
    let grown = bound << bits
    try ciphertexts.key.check(bound: grown)
    let (newExponent, wraps) = exponent.addingReportingOverflow(factorExponent)
    guard !wraps, NumberEncoding.exponents.contains(newExponent) else {
      throw .exponentOutOfRange(factorExponent)
    }
    return try EncryptedNumbers(
      ciphertexts.multiplying(by: factors, bits: bits), exponent: newExponent, bound: grown)
  }

  /// The sum of all.
  public func sum() throws(PaillierError) -> EncryptedNumbers {
    let grown = bound * BigInteger(count)
    try ciphertexts.key.check(bound: grown)
    return try EncryptedNumbers(ciphertexts.columnSums(width: 1), exponent: exponent, bound: grown)
  }
}

extension PublicKey {
  /// Throws `mayOverflow` where mantissas of this magnitude are not told from overflow.
  func check(bound: BigInteger) throws(PaillierError) {
    guard bound.signum >= 0, bound <= maximumMagnitude else { throw .mayOverflow }
  }
}

extension Encryptor {
  /// Encrypts numbers that were encoded for this key. The declared bound and the exponent are public and travel with the ciphertexts: take
  /// them from the form, not from the numbers (`NumberEncoding.encode(_:exponent:)` with a given exponent). Throws `mayOverflow`
  /// for a number above the bound.
  public func encrypt(
    _ numbers: borrowing EncodedNumbers, declaring bound: BigInteger = EncryptedNumbers.assumedBound
  ) throws(PaillierError) -> EncryptedNumbers {
    guard numbers.key == key else { throw .differentKeys }
    guard numbers.bound <= bound else { throw .mayOverflow }
    return try EncryptedNumbers(encrypt(numbers.residues), exponent: numbers.exponent, bound: bound)
  }
}

extension PrivateKey {
  /// The numbers. Throws `overflow` where one left the signed range.
  public func decrypt(_ numbers: EncryptedNumbers) throws(PaillierError) -> [DecodedNumber] {
    let residues = try decrypt(numbers.ciphertexts)
    return try NumberEncoding(publicKey).decode(residues, exponent: numbers.exponent)
  }

  /// The numbers of ciphertexts with an exponent each, which need not be brought to a common one: no bound matters here. Throws
  /// `differentCounts`, `exponentOutOfRange`, `overflow` where a mantissa left the signed range.
  public func decrypt(
    _ ciphertexts: Ciphertexts, exponents: [Int]
  ) throws(PaillierError) -> [DecodedNumber] {
    guard exponents.count == ciphertexts.count else {
      throw .differentCounts(ciphertexts.count, exponents.count)
    }
    if let bad = exponents.first(where: { !NumberEncoding.exponents.contains($0) }) {
      throw .exponentOutOfRange(bad)
    }
    let mantissas = try NumberEncoding(publicKey).decode(decrypt(ciphertexts), exponent: 0)
    return zip(mantissas, exponents).map { DecodedNumber(mantissa: $0.mantissa, exponent: $1) }
  }
}
