import PolynomialRing

/// A plaintext as an element of R_Q by its values, ready to multiply ciphertexts of one level.
public struct TransformedPlaintext: Sendable {
  let polynomial: RNSPolynomial<Evaluation>
  /// Norms of the centred coefficients, for the noise bound.
  public let norms: PlaintextNorms

  /// Lifts the coefficients to [−t/2, t/2) and transforms them modulo the primes of `level` (nil: the top level).
  public init(_ plaintext: Plaintext, parameters: Parameters, level: Int? = nil) {
    let level = parameters.level(level ?? parameters.topLevel)
    norms = plaintext.norms(plaintextModulus: parameters.plaintextModulus)
    polynomial = level.lift.map(plaintext.limbs, to: level.basis).evaluated()
  }

  /// The same for N small signed coefficients, |x| < 2^47, without a detour over residues modulo t: masks and weights.
  public init(signedCoefficients: [Int64], parameters: Parameters, level: Int? = nil) {
    let level = parameters.level(level ?? parameters.topLevel)
    precondition(signedCoefficients.count == parameters.degree)
    var (sum, squares, maximum): (UInt64, Double, UInt64) = (0, 0, 0)
    let words = signedCoefficients.map { value -> UInt64 in
      precondition(value.magnitude < 1 << 47)
      sum &+= value.magnitude
      squares += Double(value) * Double(value)
      maximum = max(maximum, value.magnitude)
      return UInt64(bitPattern: value) & ((1 << 48) - 1)
    }
    norms = PlaintextNorms(
      sum: Double(sum).log2, euclidean: squares.log2 / 2, maximum: Double(maximum).log2)
    polynomial = level.signedLift.map(words, to: level.basis).evaluated()
  }
}
