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
  /// reversed, negated order, without the product. Time depends on the number of terms and on where they lie; fewer than 2^31 terms.
  public init(
    constantSumOf terms: [WeightedCoefficient], over polynomials: [RNSPolynomial], basis: RNSBasis
  ) {
    precondition(polynomials.allSatisfy { $0.basis.isSame(as: basis) })
    self.init(zero: basis)
    let degree = basis.degree
    let starts = unsafe polynomials.map { p in unsafe p.withRows { rows in unsafe rows } }
    precondition(terms.count < 1 << 31)
    unsafe withMutableRows { output in
      for (row, ring) in basis.rings.enumerated() {
        let modulus = ring.modulus
        // Fewer than 2^31 products below 2^95: reduced once.
        var sum: Int128 = 0
        for term in terms {
          precondition((0..<degree).contains(term.index))
          let value = unsafe starts[term.polynomial][row * degree + term.index]
          sum &+= Int128(Int64(bitPattern: value)) &* Int128(term.weight)
        }
        unsafe output[row * degree] = modulus.reduced(sum)
      }
    }
    // The starts above are good while the array holds the polynomials.
    withExtendedLifetime(polynomials) {}
  }
}

extension Modulus {
  /// x mod q for |x| < 2^126, in constant time.
  fileprivate func reduced(_ x: Int128) -> UInt64 {
    // x + 2^126 is not negative; its upper word stands for multiples of 2^64.
    let biased = UInt128(bitPattern: x &+ (1 << 126))
    let word = add(reduce(.max), 1)
    let high = multiply(reduce(UInt64(truncatingIfNeeded: biased >> 64)), word)
    let bias = multiply(reduce(1 << 62), word)
    return subtract(add(high, reduce(UInt64(truncatingIfNeeded: biased))), bias)
  }
}
