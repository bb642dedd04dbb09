import BigIntegers
import ModularArithmetic
import PolynomialRing

/// Batching (Smart and Vercauteren, eprint 2011/133): for a prime t ≡ 1 mod 2N a plaintext is N residues, two rows of
/// N/2 slots, on which addition and multiplication act slot by slot.
///
/// Slot i of row 0 is the value at ψ^(3^i), slot i of row 1 the value at ψ^(−3^i), ψ the smallest primitive 2N-th
/// root modulo t: X ↦ X^3 rotates both rows by one, X ↦ X^(−1) exchanges them.
struct SlotOrder: Sendable {
  private let basis: RNSBasis
  /// For each slot, its place in the evaluation order.
  private let places: [Int]

  /// Nil where t does not allow slots.
  init?(plaintextModulus t: BigInteger, degree: Int) {
    guard t.bitWidth <= Modulus.maximumBitWidth, let word = t.words.first, let modulus = try? Modulus(word),
      let basis = try? RNSBasis(degree: degree, moduli: [modulus])
    else { return nil }
    self.basis = basis
    let bits = degree.trailingZeroBitCount
    func place(_ exponent: Int) -> Int {
      (0..<bits).reduce(0) { $0 | (((exponent >> (1 + $1)) & 1) << (bits - 1 - $1)) }
    }
    var power = 1
    var places = [Int](repeating: 0, count: degree)
    for i in 0..<(degree / 2) {
      places[i] = place(power)
      places[i + degree / 2] = place(2 * degree - power)
      power = power * 3 % (2 * degree)
    }
    self.places = places
  }

  /// The polynomial with these slots.
  func coefficients(slots: [UInt64]) throws(BFVError) -> [UInt64] {
    var values = [UInt64](repeating: 0, count: basis.degree)
    for (slot, value) in slots.enumerated() { values[places[slot]] = value }
    do {
      let evaluations = try RNSPolynomial<Evaluation>(rows: [values], basis: basis)
      return evaluations.interpolated().row(0)
    } catch { throw .invalidPlaintext }
  }

  /// The slots of the polynomial with these coefficients.
  func slots(coefficients: [UInt64]) throws(BFVError) -> [UInt64] {
    do {
      let values = try RNSPolynomial<Coefficient>(rows: [coefficients], basis: basis).evaluated().row(0)
      return places.map { values[$0] }
    } catch { throw .invalidPlaintext }
  }
}

extension Plaintext {
  /// At most N slots in [0, t), row 0 first; the others are zero. Throws `slotsUnavailable` where t allows none.
  public init(slots: [UInt64], parameters: Parameters) throws(BFVError) {
    guard let order = parameters.slots else { throw .slotsUnavailable }
    guard slots.count <= parameters.degree else { throw .invalidPlaintext }
    self.init(degree: parameters.degree, limbs: try order.coefficients(slots: slots))
  }

  /// The N slots, row 0 first. Throws `slotsUnavailable` where t allows none.
  public func slots(_ parameters: Parameters) throws(BFVError) -> [UInt64] {
    guard let order = parameters.slots else { throw .slotsUnavailable }
    return try order.slots(coefficients: limbs)
  }
}
