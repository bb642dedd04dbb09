import Glibc
import PolynomialRing

/// What a set promises of answers before anything is encrypted: for protocols that compute their failure probability
/// from parameters alone.
extension Parameters {
  /// The noise of Σ a_k·p_k for `terms` fresh secret-key encryptions a_k of constants, as they are received, and plaintexts
  /// whose centred coefficients are at worst: ⌊t/2⌋ everywhere. `expansionLevels` as in `Ciphertext.expanded`.
  public func retrievalNoise(terms: Int, expansionLevels: Int = 0) -> NoiseBound {
    precondition(terms > 0 && expansionLevels >= 0)
    let packed = 1 << expansionLevels
    var fresh = NoiseBound.freshSecret(
      degree: degree, support: packed, droppedBits: literal.uploadDroppedBits)
    if expansionLevels > 0 {
      fresh.boundedSum = fresh.bounded
      for _ in 0..<expansionLevels { fresh = noiseAfterKeySwitch(fresh.tracedOnce(), level: topLevel) }
    }
    return .innerProduct(Array(repeating: (fresh, worstNorms), count: terms), independent: true)
  }

  /// The noise of Σ a_j·a_k·p_jk for `terms` products of fresh encryptions of slots, not relinearised.
  public func quadraticNoise(terms: Int) -> NoiseBound {
    let fresh = NoiseBound.freshSecret(degree: degree, droppedBits: literal.uploadDroppedBits)
    let product = fresh.multiplied(
      by: fresh, degree: degree, log2PlaintextModulus: plaintextModulus.log2)
    return .innerProduct(Array(repeating: (product, worstNorms), count: terms), independent: true)
  }

  /// The norms of a plaintext with ⌊t/2⌋ everywhere.
  var worstNorms: PlaintextNorms {
    let (half, n) = (plaintextModulus.log2 - 1, Double(degree).log2)
    return PlaintextNorms(sum: n + half, euclidean: n / 2 + half, maximum: half)
  }

  /// log2 of the probability that one of `coefficients` coefficients of answers with this noise decrypts wrongly, the
  /// roundings of answers included; −∞ where it cannot, and at most 0.
  ///
  /// The sub-Gaussian tail 2·exp(−z²/2), z the room that the bounded part leaves over the deviation. Throws
  /// `answersUnavailable`.
  public func answerFailureLog2(
    _ noise: NoiseBound, level: Int? = nil, polynomialCount: Int = 2, coefficients: Int
  ) throws(BFVError) -> Double {
    guard
      let relative = answerNoise(noise, level: level ?? topLevel, polynomialCount: polynomialCount)
    else { throw .answersUnavailable }
    let room = exp2(-1 - plaintextModulus.log2) - exp2(relative.bounded)
    guard room > 0 else { return 0 }
    let z = room / exp2(relative.deviation)
    return min(0, 1 + Double(coefficients).log2 - z * z / 2 / 0.693147180559945)
  }

  /// The noise of an answer in units of Q, nil where the set states no widths for this number of polynomials.
  func answerNoise(_ noise: NoiseBound, level: Int, polynomialCount: Int) -> NoiseBound? {
    guard let bits = literal.answerBits, polynomialCount <= bits.widths.count else { return nil }
    let log2Modulus = self.level(level).log2Modulus
    let log2Top = self.level(topLevel).log2Modulus
    var relative = noise
    relative.deviation -= log2Modulus
    for (power, width) in bits.widths.prefix(polynomialCount).enumerated().dropFirst() {
      let rounding = NoiseBound.roundingDeviation(degree: degree, secretPower: power)
      relative.deviation = relative.deviation.logAddingSquares(rounding - Double(width))
        .logAddingSquares(rounding - log2Top)
    }
    relative.bounded = (noise.bounded - log2Modulus).logAdding(-Double(bits.c0) - 1).logAdding(-log2Top - 1)
    relative.boundedSum = relative.bounded + Double(degree).log2
    return relative
  }

  /// The noise after a key switch at a level.
  func noiseAfterKeySwitch(_ noise: NoiseBound, level: Int) -> NoiseBound {
    guard hasSpecialModulus, let special = keyBasis.moduli.last else { return noise }
    return noise.addingKeySwitch(
      gadget: gadget, moduli: self.level(level).basis.moduli, log2Special: Double(special.value).log2,
      degree: degree)
  }
}
