import PolynomialRing

/// A long vector of plaintext coefficients, encrypted N to a ciphertext, of which weighted sums are taken.
///
/// Element j stands in coefficient j mod N of ciphertext ⌊j/N⌋. A weighted sum Σ w_j·m_j comes out in the constant
/// coefficient: no rotation, no key. c0 is kept by coefficients and c1 by values, since of the sum's c0 only the
/// constant coefficient is computed.
public struct EncryptedVector: Sendable {
  /// The set it was made with.
  public let parameters: Parameters
  private let c0: [RNSPolynomial<Coefficient>]
  private let c1: [RNSPolynomial<Evaluation>]
  private let noise: NoiseBound

  /// Ciphertexts of equal noise, as they arrived, in order; at least one. Throws `wrongShape` otherwise, and where two
  /// have the same mask: their errors would not be independent, as the noise of a sum takes them.
  public init(_ ciphertexts: [SeededCiphertext]) throws(BFVError) {
    guard let first = ciphertexts.first,
      ciphertexts.allSatisfy({ $0.parameters.digest == first.parameters.digest && $0.noise == first.noise }),
      Set(ciphertexts.map(\.seed)).count == ciphertexts.count
    else { throw .wrongShape }
    parameters = first.parameters
    noise = first.noise
    c0 = ciphertexts.map(\.c0)
    c1 = ciphertexts.map { SeededCiphertext.mask($0.seed, basis: first.c0.basis) }
  }

  /// The number of elements there is room for.
  public var capacity: Int { c0.count * parameters.degree }

  /// A set of weights, transformed once for all vectors it is applied to.
  ///
  /// The work depends on the capacity and on the number of weights, not on their values, and not on which
  /// ciphertexts they fall into: a ciphertext without weights is multiplied by zero.
  public struct Weights: Sendable {
    let terms: [WeightedCoefficient]
    /// One for each ciphertext.
    let transformed: [TransformedPlaintext]

    /// (element, weight) pairs, |weight| < 2^47, elements below `capacity` ≥ 1, no element twice (twice with weight
    /// zero may pass). Throws `wrongShape`.
    public init(_ pairs: [(element: Int, weight: Int64)], capacity: Int, parameters: Parameters)
      throws(BFVError)
    {
      guard capacity > 0 else { throw .wrongShape }
      let degree = parameters.degree
      var rows = [[Int64]](
        repeating: [Int64](repeating: 0, count: degree), count: (capacity + degree - 1) / degree)
      var terms: [WeightedCoefficient] = []
      terms.reserveCapacity(pairs.count)
      for (element, weight) in pairs {
        guard (0..<capacity).contains(element), weight.magnitude < 1 << 47 else { throw .wrongShape }
        let (chunk, index) = (element / degree, element % degree)
        terms.append(WeightedCoefficient(polynomial: chunk, index: index, weight: weight))
        // Reversed and negated: X^-i = −X^(N−i).
        let (place, value) = index == 0 ? (0, weight) : (degree - index, -weight)
        guard rows[chunk][place] == 0 else { throw .wrongShape }
        rows[chunk][place] = value
      }
      self.terms = terms
      transformed = rows.map { TransformedPlaintext(signedCoefficients: $0, parameters: parameters) }
    }
  }

  /// A ciphertext whose constant coefficient holds Σ weight·element; the others hold nothing of meaning. No weights at
  /// all give the transparent zero ciphertext: add an encryption of zero before it leaves the house.
  public func weightedSum(_ weights: Weights) -> Ciphertext<Coefficient> {
    precondition(weights.transformed.count <= c0.count, "weights for a longer vector")
    let basis = parameters.level(parameters.topLevel).basis
    let constant = RNSPolynomial<Coefficient>(constantSumOf: weights.terms, over: c0, basis: basis)
    let mask = RNSPolynomial<Evaluation>(
      innerProductOf: Array(c1.prefix(weights.transformed.count)), weights.transformed.map(\.polynomial),
      basis: basis)
    return Ciphertext(
      parameters: parameters, polynomials: [constant, mask.interpolated()],
      noise: .innerProduct(weights.transformed.map { (noise, $0.norms) }, independent: true))
  }
}
