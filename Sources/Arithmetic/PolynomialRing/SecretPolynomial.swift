// Fence: secret rows in wiped memory go to the kernels by pointer.
import ModularArithmetic
import NumberTheoreticTransform
import Secrets

/// A secret element of the ring in evaluation form, in wiped memory that cannot be copied or printed.
public struct SecretPolynomial: ~Copyable {
  /// The primes and their transforms.
  public let basis: RNSBasis
  private var rows: SecretBuffer<UInt64>

  /// The values of a small polynomial.
  public init(_ small: borrowing SmallPolynomial, basis: RNSBasis) {
    precondition(small.degree == basis.degree)
    self.basis = basis
    rows = SecretBuffer<UInt64>(count: basis.count * basis.degree)
    let degree = basis.degree
    unsafe rows.withUnsafeMutableBufferPointer { rows in
      guard let target = rows.baseAddress else { return }
      unsafe small.withWords { words in
        // The lift adds to its own rows, which start as zeros.
        unsafe basis.signedLiftAdded.apply(
          source: RoundingMap.Rows(start: words, stride: degree),
          own: RoundingMap.Rows(start: UnsafePointer(target), stride: degree), output: target,
          outputStride: degree, count: degree)
      }
      for (index, ring) in basis.rings.enumerated() { unsafe ring.forward(target + index * degree) }
    }
  }

  private init(zero basis: RNSBasis) {
    self.basis = basis
    rows = SecretBuffer<UInt64>(count: basis.count * basis.degree)
  }

  /// The product of two secrets of one basis.
  public static func product(
    _ a: borrowing SecretPolynomial, _ b: borrowing SecretPolynomial
  ) -> SecretPolynomial {
    precondition(a.basis.isSame(as: b.basis))
    var result = SecretPolynomial(zero: a.basis)
    let basis = a.basis
    unsafe result.rows.withUnsafeMutableBufferPointer { target in
      unsafe a.rows.withUnsafeBufferPointer { x in
        unsafe b.rows.withUnsafeBufferPointer { y in
          guard let target = target.baseAddress, let x = x.baseAddress,
            let y = y.baseAddress
          else { return }
          for (index, ring) in basis.rings.enumerated() {
            let offset = index * basis.degree
            unsafe ring.multiply(target + offset, x + offset, y + offset)
          }
        }
      }
    }
    return result
  }

  /// f(X^g) for f(X), g odd.
  public borrowing func substituting(power element: GaloisElement) -> SecretPolynomial {
    var result = SecretPolynomial(zero: basis)
    let (basis, degree) = (basis, basis.degree)
    let order = element.evaluationOrder(degree: degree)
    unsafe result.rows.withUnsafeMutableBufferPointer { target in
      unsafe rows.withUnsafeBufferPointer { source in
        for index in 0..<basis.count {
          for i in 0..<degree { unsafe target[index * degree + i] = source[index * degree + order[i]] }
        }
      }
    }
    return result
  }

  /// Calls `body` for each prime of `target`, which this secret's basis must hold, with its row and this one's.
  private borrowing func forEachRow(
    of target: inout RNSPolynomial<Evaluation>,
    _ body: (ResidueRing, UnsafeMutablePointer<UInt64>, UnsafePointer<UInt64>) -> Void
  ) {
    let targetBasis = target.basis
    let degree = targetBasis.degree
    let indices = targetBasis.isSame(as: basis) ? Array(0..<basis.count) : targetBasis.indices(in: basis)
    unsafe rows.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      unsafe target.withMutableRows { rows in
        for (index, ring) in targetBasis.rings.enumerated() {
          unsafe body(ring, rows + index * degree, source + indices[index] * degree)
        }
      }
    }
  }

  /// polynomial *= self.
  public borrowing func multiply(into polynomial: inout RNSPolynomial<Evaluation>) {
    unsafe forEachRow(of: &polynomial) { ring, a, s in unsafe ring.multiply(a, a, s) }
  }

  /// result += factor·self.
  public borrowing func addProduct(
    with factor: RNSPolynomial<Evaluation>, to result: inout RNSPolynomial<Evaluation>
  ) {
    let degree = basis.degree
    precondition(factor.basis.isSame(as: result.basis))
    unsafe factor.withRows { rows in
      var row = unsafe rows
      unsafe forEachRow(of: &result) { ring, a, s in
        unsafe ring.multiplyAdd(a, row, s)
        unsafe row += degree
      }
    }
  }

  /// polynomial += constant·self on the one row `index` of `polynomial`.
  public borrowing func add(
    times constant: FixedMultiplicand, toRow index: Int, of polynomial: inout RNSPolynomial<Evaluation>
  ) {
    let chosen = polynomial.basis.rings[index]
    unsafe forEachRow(of: &polynomial) { ring, a, s in
      if ring === chosen { unsafe ring.multiplyAdd(a, s, by: constant) }
    }
  }
}
