// Fence: reads single coefficients of many polynomials by row (see RowStorage.swift).
import ModularArithmetic

/// One term of a weighted sum of coefficients.
public struct WeightedCoefficient: Sendable, Hashable {
  /// Which polynomial.
  public var polynomial: Int
  /// Which of its coefficients.
  public var index: Int
  /// The weight, |weight| < 2^47.
  public var weight: Int64

  /// Takes polynomial, coefficient and weight.
  public init(polynomial: Int, index: Int, weight: Int64) {
    self.polynomial = polynomial
    self.index = index
    self.weight = weight
  }
}

extension RNSPolynomial where Form == Coefficient {
  /// The constant polynomial Σ weight·coefficient over the terms: the constant coefficient of a product with weights in
  /// reversed, negated order, without the product. Time depends on the number of terms and on where they lie.
  public init(
    constantSumOf terms: [WeightedCoefficient], over polynomials: [RNSPolynomial], basis: RNSBasis
  ) {
    precondition(polynomials.allSatisfy { $0.basis.isSame(as: basis) })
    self.init(zero: basis)
    let degree = basis.degree
    let starts = unsafe polynomials.map { p in unsafe p.withRows { rows in unsafe rows } }
    unsafe withMutableRows { output in
      for (row, ring) in basis.rings.enumerated() {
        let modulus = ring.modulus
        var sum: UInt64 = 0
        for term in terms {
          precondition((0..<degree).contains(term.index))
          let value = unsafe starts[term.polynomial][row * degree + term.index]
          sum = modulus.add(sum, modulus.multiply(value, modulus.residue(ofSigned: term.weight)))
        }
        unsafe output[row * degree] = sum
      }
    }
    // The starts above are good while the array holds the polynomials.
    withExtendedLifetime(polynomials) {}
  }
}
