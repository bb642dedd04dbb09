/// What can go wrong in this room. No case carries a value of a key, a message or a peer.
public enum BFVError: Error, Equatable, Sendable {
  /// The degree, the primes, the digits or the answer widths do not form a parameter set.
  case invalidParameters
  /// The total modulus has more bits than the security table allows for the degree.
  case insecureParameters
  /// Slots need a prime plaintext modulus ≡ 1 mod 2N below 2^48.
  case slotsUnavailable
  /// The operation needs a special modulus, which this parameter set has not.
  case keySwitchingUnavailable
  /// The parameter set states no widths of answers.
  case answersUnavailable
  /// Too many values, or a value that is not below the plaintext modulus.
  case invalidPlaintext
  /// No key for this automorphism was given.
  case missingGaloisKey
  /// The operation needs another number of polynomials, or a level that is left.
  case wrongShape
  /// Bytes from outside were made with other parameters.
  case parametersMismatch
  /// Bytes from outside are malformed: wrong type, version, length, padding, or a residue out of range.
  case malformed
  /// A ciphertext from outside has c1 = 0, so that anybody reads it.
  case transparent
}
