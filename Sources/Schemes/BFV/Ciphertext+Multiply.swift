import PolynomialRing

extension Ciphertext where Form == Coefficient {
  /// The product of two ciphertexts of two polynomials each, as three: ⌊t/Q·(c0 + c1·X)(c0' + c1'·X)⌉.
  ///
  /// Halevi, Polyakov and Shoup (CT-RSA 2019), section 4.2: extend Q to Q∪B, multiply by values, scale to B, return to
  /// Q. Throws `wrongShape` for three polynomials or different levels.
  public static func product(_ a: Ciphertext, _ b: Ciphertext) throws(BFVError) -> Ciphertext {
    guard a.polynomialCount == 2, b.polynomialCount == 2, a.level == b.level,
      a.parameters.digest == b.parameters.digest
    else { throw .wrongShape }
    let tables = a.context.productTables()
    let x = a.polynomials.map { tables.lifting.extend($0, to: tables.joined).evaluated() }
    let y = b.polynomials.map { tables.lifting.extend($0, to: tables.joined).evaluated() }
    let low = RNSPolynomial(product: x[0], y[0])
    let cross = RNSPolynomial(innerProductOf: x, [y[1], y[0]], basis: tables.joined)
    let high = RNSPolynomial(product: x[1], y[1])
    return a.scaled([low, cross, high], tables, times: b)
  }

  /// The square, with one extension instead of two. Throws `wrongShape` for three polynomials.
  public func squared() throws(BFVError) -> Ciphertext {
    guard polynomialCount == 2 else { throw .wrongShape }
    let tables = context.productTables()
    let x = polynomials.map { tables.lifting.extend($0, to: tables.joined).evaluated() }
    let low = RNSPolynomial(product: x[0], x[0])
    var cross = RNSPolynomial(product: x[0], x[1])
    cross.add(cross)
    let high = RNSPolynomial(product: x[1], x[1])
    return scaled([low, cross, high], tables, times: self)
  }

  private func scaled(
    _ tensor: [RNSPolynomial<Evaluation>], _ tables: ProductTables, times other: Ciphertext
  ) -> Ciphertext {
    let basis = context.basis
    return Ciphertext(
      parameters: parameters,
      polynomials: tensor.map { polynomial in
        tables.restriction(
          tables.scaling.scale(polynomial.interpolated(), to: tables.auxiliary), to: basis)
      },
      noise: noise.multiplied(
        by: other.noise, degree: parameters.degree,
        log2PlaintextModulus: parameters.plaintextModulus.log2))
  }
}
