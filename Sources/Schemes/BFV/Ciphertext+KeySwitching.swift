import PolynomialRing

extension Ciphertext where Form == Coefficient {
  private mutating func addSwitched(_ x: RNSPolynomial<Coefficient>, with key: KeySwitchingKey) {
    let (u0, u1) = key.apply(x, parameters)
    polynomials[0].add(u0)
    if polynomials.count > 1 { polynomials[1].add(u1) } else { polynomials.append(u1) }
    noise = parameters.noiseAfterKeySwitch(noise, level: level)
  }

  /// Turns (c0, c1, c2) into two polynomials; leaves two as they are.
  public mutating func relinearize(with key: RelinearizationKey) {
    precondition(key.parameters.digest == parameters.digest, "a key of other parameters")
    guard polynomials.count == 3 else { return }
    let top = polynomials.removeLast()
    addSwitched(top, with: key.key)
  }

  /// m(X) ↦ m(X^g). Throws `missingGaloisKey`, or `wrongShape` for three polynomials. The keys may be those of another set
  /// with the same degree, primes and digits (`Parameters.keyDigest`), made from the same seed.
  public mutating func apply(_ element: GaloisElement, with keys: GaloisKeys) throws(BFVError) {
    precondition(keys.parameters.keyDigest == parameters.keyDigest, "keys of other parameters")
    guard let key = keys.keys[element] else { throw .missingGaloisKey }
    guard polynomials.count == 2 else { throw .wrongShape }
    let image = polynomials[1].substituting(power: element)
    polynomials = [polynomials[0].substituting(power: element)]
    addSwitched(image, with: key)
  }

  /// Rotates both rows of slots to the left by `steps`, with the key of `parameters.rotation(by: steps)`.
  public mutating func rotateRows(by steps: Int, with keys: GaloisKeys) throws(BFVError) {
    let element = parameters.rotation(by: steps)
    if element.exponent != 1 { try apply(element, with: keys) }
  }

  /// Exchanges the two rows of slots, with the key of `parameters.rowSwap`.
  public mutating func swapRows(with keys: GaloisKeys) throws(BFVError) {
    try apply(parameters.rowSwap, with: keys)
  }

  /// Puts the sum of all slots into every slot, with the keys of `parameters.slotSum`.
  public mutating func sumSlots(with keys: GaloisKeys) throws(BFVError) {
    // A missing key must not leave a part of the sum behind.
    guard parameters.slotSum.allSatisfy({ keys.keys[$0] != nil }) else { throw .missingGaloisKey }
    for element in parameters.slotSum {
      var image = self
      try image.apply(element, with: keys)
      add(image)
    }
  }

  /// Splits a ciphertext of Σ m_i·X^i (encrypted with `expansionLevels: levels`) into 2^levels ciphertexts; number i
  /// holds the constant m_i, for i below 2^levels.
  ///
  /// The expansion of SealPIR (Angel, Chen, Laine and Setty, eprint 2017/1142, figure 3), with
  /// the keys of `parameters.expansion(levels:)`; the factor 2^levels was divided out at encryption. Coefficients from
  /// 2^levels on must be zero. For fresh encryptions: only for them does the noise bound hold.
  public func expanded(levels: Int, with keys: GaloisKeys) throws(BFVError) -> [Ciphertext] {
    precondition(levels >= 0 && parameters.degree >> levels >= 1)
    var ciphertexts = [self]
    // Of the message's rounding, one coefficient comes out in each part.
    ciphertexts[0].noise.boundedSum = noise.bounded
    for level in 0..<levels {
      let element = GaloisElement.expansion(level: level, degree: parameters.degree)
      var even: [Ciphertext] = []
      var odd: [Ciphertext] = []
      for ciphertext in ciphertexts {
        var image = ciphertext
        try image.apply(element, with: keys)
        var sum = ciphertext
        sum.add(image)
        sum.noise = parameters.noiseAfterKeySwitch(ciphertext.noise.tracedOnce(), level: ciphertext.level)
        var difference = ciphertext
        difference.subtract(image)
        difference.multiply(byMonomial: -(1 << level))
        difference.noise = sum.noise
        even.append(sum)
        odd.append(difference)
      }
      ciphertexts = even + odd
    }
    return ciphertexts
  }
}
