extension NoiseBound {
  /// Times a plaintext p.
  ///
  /// Bounded part: ‖p·v‖∞ ≤ min(‖p‖₁‖v‖∞, ‖p‖∞‖v‖₁). Deviation: that of a combination of length ‖p‖₂, or of a sum of
  /// coefficients; of uncorrelated coefficients also ‖p‖∞·√Σσ_i². A second plaintext finds correlated ones and may,
  /// at worst, count with ‖p‖₁.
  func multiplied(by norms: PlaintextNorms) -> NoiseBound {
    let isUncorrelated = directional <= deviation
    let spread = isUncorrelated ? euclidean + norms.maximum : .infinity
    return NoiseBound(
      deviation: min(directional + norms.euclidean, deviation + norms.sum, spread),
      directional: directional + norms.sum,
      euclidean: euclidean + (isUncorrelated ? norms.euclidean : norms.sum), secretPower: secretPower,
      bounded: min(bounded + norms.sum, boundedSum + norms.maximum), boundedSum: boundedSum + norms.sum)
  }

  /// A sum of a_i·p_i, whose errors a_i are independent or not.
  static func innerProduct(_ terms: [(NoiseBound, PlaintextNorms)], independent: Bool) -> NoiseBound {
    terms.reduce(.zero) { $0.adding($1.0.multiplied(by: $1.1), independent: independent) }
  }

  /// The product of two ciphertexts after scaling by t/Q: t·(K1·v2 + K2·v1) with K = (c0 + c1·s)/Q, whose coefficients
  /// have variance (1 + |s|²)/12, and the rounding of three polynomials.
  func multiplied(by other: NoiseBound, degree: Int, log2PlaintextModulus t: Double) -> NoiseBound {
    let (first, second) = (wrapped(degree: degree), other.wrapped(degree: degree))
    // √2: the two sums may depend on each other, as in a square.
    var cross = first.adding(second, independent: true)
    cross.deviation += t + 0.5
    cross.directional += t + 0.5
    cross.euclidean += t + 0.5
    return cross.adding(.rounding(degree: degree, polynomials: 3), independent: true)
  }

  /// K·v. K has independent coefficients and one more power of s; what was bounded counts with its norm, and as
  /// correlated where its coefficients agree in sign.
  private func wrapped(degree: Int) -> NoiseBound {
    let growth =
      Self.log2SecretMoment(secretPower + 1, degree: degree)
      - Self.log2SecretMoment(secretPower, degree: degree)
    let wrap = (growth.logAdding(0) - 12.0.log2) / 2
    let root = Double(degree).log2 / 2
    let norm = euclidean.logAdding(bounded + root)
    let correlated = directional > deviation ? directional + root : euclidean
    return NoiseBound(
      deviation: wrap + norm, directional: wrap + max(norm, correlated.logAdding(boundedSum)),
      euclidean: wrap + norm + root, secretPower: secretPower + 1, bounded: -.infinity, boundedSum: -.infinity
    )
  }

  /// v plus its image under one automorphism of an expansion, before the key switch: half of the coefficients double
  /// and half of them vanish. What is bounded is the rounding of a message that was divided by as much before.
  func tracedOnce() -> NoiseBound {
    var trace = self
    trace.deviation += 1
    trace.directional += 1
    trace.euclidean += 0.5
    return trace
  }
}

/// Norms of a plaintext's centred coefficients, as logarithms to base 2.
public struct PlaintextNorms: Sendable, Hashable {
  /// log2 Σ |p_i|.
  public var sum: Double
  /// log2 √Σ p_i².
  public var euclidean: Double
  /// log2 max |p_i|.
  public var maximum: Double
}
