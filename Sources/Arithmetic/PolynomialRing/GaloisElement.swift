// Fence: permutes rows in place of the kernels (see RowStorage.swift).
import ModularArithmetic

/// An odd exponent g modulo 2N: the automorphism f(X) ↦ f(X^g).
public struct GaloisElement: Hashable, Sendable {
  /// g, odd, 1 ≤ g < 2N.
  public let exponent: Int

  /// Throws `invalidCoefficients` unless g is odd and 1 ≤ g < 2N.
  public init(exponent: Int, degree: Int) throws(PolynomialRingError) {
    guard exponent & 1 == 1, (1..<(2 * degree)).contains(exponent) else { throw .invalidCoefficients }
    self.exponent = exponent
  }

  private init(reduced exponent: Int) { self.exponent = exponent }

  /// Rotates both rows of N/2 slots to the left by `steps` (negative: to the right): g = 3^steps mod 2N.
  public static func rotatingRows(by steps: Int, degree: Int) -> GaloisElement {
    let rowLength = degree / 2
    let count = ((steps % rowLength) + rowLength) % rowLength
    var exponent = 1
    for _ in 0..<count { exponent = exponent * 3 % (2 * degree) }
    return GaloisElement(reduced: exponent)
  }

  /// Exchanges the two rows of slots: g = 2N − 1.
  public static func swappingRows(degree: Int) -> GaloisElement {
    GaloisElement(reduced: 2 * degree - 1)
  }

  /// X ↦ X^(N/2^level + 1), the substitutions of coefficient expansion, 0 ≤ level < log2 N.
  public static func expansion(level: Int, degree: Int) -> GaloisElement {
    precondition(level >= 0 && degree >> level >= 2)
    return GaloisElement(reduced: (degree >> level) + 1)
  }

  /// For slot i of f(X^g), the slot of f that holds its value.
  func evaluationOrder(degree: Int) -> [Int] {
    let bits = degree.trailingZeroBitCount
    func reversed(_ x: Int) -> Int {
      Int(UInt64(x).bitReversed >> UInt64(UInt64.bitWidth - bits))
    }
    return (0..<degree).map { i in
      let exponent = (2 * reversed(i) + 1) * exponent % (2 * degree)
      return reversed((exponent - 1) / 2)
    }
  }
}

extension UInt64 {
  fileprivate var bitReversed: UInt64 {
    var x = byteSwapped
    x = ((x & 0x0F0F_0F0F_0F0F_0F0F) << 4) | ((x >> 4) & 0x0F0F_0F0F_0F0F_0F0F)
    x = ((x & 0x3333_3333_3333_3333) << 2) | ((x >> 2) & 0x3333_3333_3333_3333)
    return ((x & 0x5555_5555_5555_5555) << 1) | ((x >> 1) & 0x5555_5555_5555_5555)
  }
}

extension RNSPolynomial where Form == Coefficient {
  /// f(X^g): coefficient k moves to k·g mod 2N, with a sign where that is ≥ N.
  public func substituting(power element: GaloisElement) -> RNSPolynomial {
    let (basis, degree) = (basis, basis.degree)
    let bits = Int(degree.trailingZeroBitCount)
    var result = RNSPolynomial(uninitialized: basis)
    unsafe withRows { source in
      unsafe result.withMutableRows { target in
        for (index, ring) in basis.rings.enumerated() {
          let modulus = ring.modulus
          let from = unsafe source + index * degree
          let to = unsafe target + index * degree
          var position = 0
          for k in 0..<degree {
            let value = unsafe from[k]
            let negative = UInt64(0) &- UInt64(truncatingIfNeeded: position &>> bits)
            let negated = modulus.negate(value)
            unsafe to[position & (degree &- 1)] = value ^ ((value ^ negated) & negative)
            position = (position &+ element.exponent) & (2 &* degree &- 1)
          }
        }
      }
    }
    return result
  }

  /// X^power·f for any integer power: a negacyclic shift.
  public func multiplied(byMonomial power: Int) -> RNSPolynomial {
    let (basis, degree) = (basis, basis.degree)
    let shift = ((power % (2 * degree)) + 2 * degree) % (2 * degree)
    var result = RNSPolynomial(uninitialized: basis)
    unsafe withRows { source in
      unsafe result.withMutableRows { target in
        for (index, ring) in basis.rings.enumerated() {
          for k in 0..<degree {
            let position = (k + shift) & (2 * degree - 1)
            let value = unsafe source[index * degree + k]
            unsafe target[index * degree + (position & (degree - 1))] =
              position < degree ? value : ring.modulus.negate(value)
          }
        }
      }
    }
    return result
  }
}

extension RNSPolynomial where Form == Evaluation {
  /// f(X^g): a permutation of the values.
  public func substituting(power element: GaloisElement) -> RNSPolynomial {
    let (basis, degree) = (basis, basis.degree)
    let order = element.evaluationOrder(degree: degree)
    var result = RNSPolynomial(uninitialized: basis)
    unsafe withRows { source in
      unsafe result.withMutableRows { target in
        for index in 0..<basis.count {
          for i in 0..<degree { unsafe target[index * degree + i] = source[index * degree + order[i]] }
        }
      }
    }
    return result
  }
}
