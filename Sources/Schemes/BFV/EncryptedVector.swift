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
    guard Set(ciphertexts.map(\.seed)).count == ciphertexts.count else { throw .wrongShape }
    try self.init(withRepeats: ciphertexts)
  }

  /// The same, where some may be equal: to test long vectors of few encryptions.
  package init(withRepeats ciphertexts: [SeededCiphertext]) throws(BFVError) {
    guard let first = ciphertexts.first,
      ciphertexts.allSatisfy({ $0.parameters.digest == first.parameters.digest && $0.noise == first.noise })
    else { throw .wrongShape }
    parameters = first.parameters
    noise = first.noise
    c0 = ciphertexts.map(\.c0)
    c1 = ciphertexts.map { SeededCiphertext.mask($0.seed, basis: first.c0.basis) }
  }

  /// The number of elements there is room for.
  public var capacity: Int { c0.count * parameters.degree }

  /// A set of weights by the ciphertexts that they fall into, for all vectors it is applied to.
  public struct Weights: Sendable {
    let terms: [WeightedCoefficient]
    /// Where the terms of each ciphertext end.
    let ends: [Int]

    /// (element, weight) pairs, |weight| < 2^47, elements below `capacity` ≥ 1, no element twice. Throws `wrongShape`.
    public init(_ pairs: [(element: Int, weight: Int64)], capacity: Int, parameters: Parameters)
      throws(BFVError)
    {
      guard capacity > 0 else { throw .wrongShape }
      let degree = parameters.degree
      var ends = [Int](repeating: 0, count: (capacity + degree - 1) / degree)
      for (element, weight) in pairs {
        guard (0..<capacity).contains(element), weight.magnitude < 1 << 47 else { throw .wrongShape }
        ends[element / degree] += 1
      }
      var total = 0
      for chunk in ends.indices { (ends[chunk], total) = (total, total + ends[chunk]) }
      var terms = [WeightedCoefficient](
        repeating: WeightedCoefficient(polynomial: 0, index: 0, weight: 0), count: pairs.count)
      for (element, weight) in pairs {
        let chunk = element / degree
        terms[ends[chunk]] = WeightedCoefficient(polynomial: chunk, index: element % degree, weight: weight)
        ends[chunk] += 1
      }
      var lastChunk = [Int](repeating: -1, count: degree)
      for term in terms {
        guard lastChunk[term.index] != term.polynomial else { throw .wrongShape }
        lastChunk[term.index] = term.polynomial
      }
      (self.terms, self.ends) = (terms, ends)
    }

    /// The weights of one ciphertext, in reversed, negated order: X^-i = −X^(N−i).
    func mask(_ chunk: Int, parameters: Parameters) -> TransformedPlaintext {
      let degree = parameters.degree
      var row = [Int64](repeating: 0, count: degree)
      for term in terms[(chunk == 0 ? 0 : ends[chunk - 1])..<ends[chunk]] {
        if term.index == 0 { row[0] = term.weight } else { row[degree - term.index] = -term.weight }
      }
      return TransformedPlaintext(signedCoefficients: row, parameters: parameters)
    }
  }

  /// Ciphertexts whose masks are held at once: their values stay in the second-level cache.
  private static let blockCount = 8

  /// For each vector a ciphertext whose constant coefficient holds Σ weight·element; the others hold nothing of meaning.
  /// The vectors are of one length and set. No weights at all give the transparent zero ciphertext: add an encryption
  /// of zero before it leaves the house.
  ///
  /// The work depends on the capacity and on the number of weights, not on their values, and not on which
  /// ciphertexts they fall into: a ciphertext without weights is multiplied by zero.
  public static func weightedSums(
    of vectors: [EncryptedVector], _ weights: Weights
  ) throws(BFVError) -> [Ciphertext<Coefficient>] {
    guard let first = vectors.first,
      vectors.allSatisfy({
        $0.c0.count == first.c0.count && $0.parameters.digest == first.parameters.digest
      }), weights.ends.count <= first.c0.count
    else { throw .wrongShape }
    let parameters = first.parameters
    let basis = parameters.level(parameters.topLevel).basis
    var masks = vectors.map { _ in RNSPolynomial<Evaluation>(zero: basis) }
    var noise: [(NoiseBound, PlaintextNorms)] = []
    for start in stride(from: 0, to: weights.ends.count, by: blockCount) {
      let block = start..<min(weights.ends.count, start + blockCount)
      let transformed = block.map { weights.mask($0, parameters: parameters) }
      noise += transformed.map { (first.noise, $0.norms) }
      for (index, vector) in vectors.enumerated() {
        masks[index].add(
          RNSPolynomial<Evaluation>(
            innerProductOf: Array(vector.c1[block]), transformed.map(\.polynomial), basis: basis))
      }
    }
    return zip(vectors, masks).map { vector, mask in
      let constant = RNSPolynomial<Coefficient>(constantSumOf: weights.terms, over: vector.c0, basis: basis)
      return Ciphertext(
        parameters: parameters, polynomials: [constant, mask.interpolated()],
        noise: .innerProduct(noise.map { (vector.noise, $0.1) }, independent: true))
    }
  }

  /// The same for one vector.
  public func weightedSum(_ weights: Weights) throws(BFVError) -> Ciphertext<Coefficient> {
    try Self.weightedSums(of: [self], weights)[0]
  }
}
