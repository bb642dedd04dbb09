// Fence: digit rows live in scratch that stays in the cache (see RowStorage.swift).
import ModularArithmetic
import NumberTheoreticTransform

/// How a polynomial modulo Q is cut into small digits for key switching: one digit per prime, or each residue in
/// balanced digits of `digitBits` bits. Digit (i, d) belongs to the gadget factor that is 2^(d·digitBits) modulo
/// q_i and 0 modulo the other primes.
public struct Gadget: Sendable, Hashable {
  /// Bits of one balanced digit; nil: a digit is a whole centred residue.
  public let digitBits: Int?

  /// `digitBits` in 4 … 45, or nil.
  public init(digitBits: Int?) {
    precondition(digitBits.map { (4...45).contains($0) } ?? true)
    self.digitBits = digitBits
  }

  /// Digits of a residue modulo `modulus`.
  public func digitCount(_ modulus: Modulus) -> Int {
    digitBits.map { (modulus.bitWidth + $0 - 1) / $0 } ?? 1
  }

  /// For each digit over `basis`, in order: the prime's index and the factor 2^(d·digitBits).
  public func factors(over basis: RNSBasis) -> [(prime: Int, factor: UInt64)] {
    basis.moduli.enumerated().flatMap { index, modulus in
      (0..<digitCount(modulus)).map { (index, UInt64(1) << UInt64($0 * (digitBits ?? 0))) }
    }
  }

  /// The largest magnitude of a digit of a residue modulo `modulus`.
  public func digitBound(_ modulus: Modulus) -> Double {
    digitBits.map { Double(UInt64(1) << UInt64($0 - 1)) } ?? Double(modulus.value) / 2
  }

  /// The digits of `polynomial` as rows of residues with the modulus whose centred residue the digit is.
  fileprivate func digits(
    of polynomial: RNSPolynomial<Coefficient>
  ) -> [(row: RowStorage, modulus: Modulus, prime: Int)] {
    let degree = polynomial.degree
    return unsafe polynomial.withRows { rows in
      polynomial.basis.rings.enumerated().flatMap { index, ring in
        let row = unsafe rows + index * degree
        guard let digitBits else {
          let whole = RowStorage(count: degree)
          unsafe whole.words.update(from: row, count: degree)
          return [(row: whole, modulus: ring.modulus, prime: index)]
        }
        return unsafe Self.split(row, degree, ring.modulus, digitBits, digitCount(ring.modulus)).map {
          (row: $0.row, modulus: $0.modulus, prime: index)
        }
      }
    }
  }

  /// Balanced digits; the last one keeps all that is left, whatever its size.
  private static func split(
    _ row: UnsafePointer<UInt64>, _ degree: Int, _ modulus: Modulus, _ bits: Int, _ count: Int
  ) -> [(row: RowStorage, modulus: Modulus)] {
    let digits = (0..<count).map { d -> (row: RowStorage, modulus: Modulus) in
      (RowStorage(count: degree), powerOfTwo(d == count - 1 ? 47 : bits))
    }
    for k in 0..<degree {
      var rest = unsafe modulus.centered(row[k])
      for (row, digitModulus) in digits {
        let residue = UInt64(bitPattern: rest) & (digitModulus.value - 1)
        unsafe row.words[k] = residue
        rest = (rest &- digitModulus.centered(residue)) >> Int64(bits)
      }
    }
    return digits
  }

  private static func powerOfTwo(_ bits: Int) -> Modulus {
    do { return try Modulus(1 << UInt64(bits)) } catch { preconditionFailure("at most 47 bits") }
  }
}

extension RNSPolynomial where Form == Coefficient {
  /// Σ_d digit_d(self)·key_d for the two halves of a key, over `target`: the primes of self, and more.
  ///
  /// Prime by prime, so that the digits' transforms stay in the second-level cache. The keys' basis must hold all
  /// primes of `target`.
  public func gadgetProduct(
    _ gadget: Gadget, keys: [(RNSPolynomial<Evaluation>, RNSPolynomial<Evaluation>)], over target: RNSBasis
  ) -> (RNSPolynomial<Evaluation>, RNSPolynomial<Evaluation>) {
    let digits = gadget.digits(of: self)
    precondition(digits.count <= keys.count && !digits.isEmpty)
    let degree = degree
    let spacing = ResidueRing.rowSpacing(degree: degree)
    let scratch = RowStorage(count: digits.count * spacing)
    var result = (
      RNSPolynomial<Evaluation>(uninitialized: target), RNSPolynomial<Evaluation>(uninitialized: target)
    )
    let keyIndices = target.indices(in: keys[0].0.basis)
    for (j, ring) in target.rings.enumerated() {
      for (d, digit) in digits.enumerated() {
        let row = unsafe scratch.words + d * spacing
        if digit.modulus == ring.modulus {
          unsafe row.update(from: digit.row.words, count: degree)
        } else {
          unsafe ring.liftCentered(row, digit.row.words, from: digit.modulus)
        }
        unsafe ring.forward(row)
      }
      let terms = unsafe digits.indices.map { d in unsafe UnsafePointer(scratch.words + d * spacing) }
      let offset = keyIndices[j] * degree
      unsafe Self.dot(ring, terms, keys.prefix(digits.count).map(\.0), offset, &result.0, j * degree)
      unsafe Self.dot(ring, terms, keys.prefix(digits.count).map(\.1), offset, &result.1, j * degree)
    }
    // The pointers in `terms` are good while the scratch block lives.
    withExtendedLifetime(scratch) {}
    return result
  }

  private static func dot(
    _ ring: ResidueRing, _ terms: [UnsafePointer<UInt64>], _ keys: [RNSPolynomial<Evaluation>],
    _ keyOffset: Int, _ result: inout RNSPolynomial<Evaluation>, _ offset: Int
  ) {
    let rows = unsafe keys.map { key in unsafe key.withRows { rows in unsafe rows + keyOffset } }
    unsafe result.withMutableRows { output in
      unsafe terms.withUnsafeBufferPointer { x in
        unsafe rows.withUnsafeBufferPointer { y in unsafe ring.dot(output + offset, x, y) }
      }
    }
    // The row pointers above are good while the array holds the keys.
    withExtendedLifetime(keys) {}
  }
}
