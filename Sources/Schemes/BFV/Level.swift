import BigIntegers
import ModularArithmetic
import PolynomialRing
import Synchronization

/// What is precomputed for ciphertexts modulo Q_l, the product of the first l primes.
final class Level: Sendable {
  let basis: RNSBasis
  /// Adds ⌊Q·m/t⌉.
  let encoding: RoundingMap
  /// ⌊t·x/Q⌉ mod t.
  let decoding: ModulusScaling
  /// Plaintexts as centred elements modulo Q.
  let lift: RoundingMap
  /// Words of 48-bit two's complement as elements modulo Q.
  let signedLift: RoundingMap
  /// Division by q_l, down to level l − 1; nil at level 1.
  let drop: RoundingMap?
  /// Q_l·P and the division by P; nil without a special modulus.
  let keySwitching: (basis: RNSBasis, division: RoundingMap)?
  /// log2 Q.
  let log2Modulus: Double
  private let literal: ParametersLiteral
  private let product = Mutex<ProductTables?>(nil)
  private let answers = Mutex<[Int: ModulusScaling]>([:])
  private let answerLifts = Mutex<[Int: RoundingMap]>([:])

  init(basis: RNSBasis, special: RNSBasis?, literal: ParametersLiteral) {
    self.basis = basis
    self.literal = literal
    let t = literal.plaintextModulus
    encoding = .encodingAdded(from: t, to: basis)
    decoding = ModulusScaling(to: t, from: basis)
    lift = .centredLift(from: t, to: basis)
    signedLift = .centredLift(from: BigInteger(UInt64(1) << 48), to: basis)
    drop =
      basis.count > 1
      ? .division(by: basis.moduli[basis.count - 1], kept: basis.prefix(basis.count - 1)) : nil
    keySwitching = special.map { (basis.joined(with: $0), .division(by: $0.moduli[0], kept: basis)) }
    log2Modulus = basis.moduli.reduce(0) { $0 + Double($1.value).log2 }
  }

  /// Tables of the ciphertext product, made when first asked for.
  func productTables() -> ProductTables {
    product.withLock { tables in
      if let tables { return tables }
      let made = ProductTables(basis: basis, t: literal.plaintextModulus)
      tables = made
      return made
    }
  }

  /// Switching to the modulus 2^bits, made when first asked for.
  func answerScaling(bits: Int) -> ModulusScaling {
    answers.withLock { made in
      if let scaling = made[bits] { return scaling }
      let scaling = ModulusScaling(to: BigInteger(UInt64(1)) << bits, from: basis)
      made[bits] = scaling
      return scaling
    }
  }

  /// Adds ⌊Q·x/2^bits⌉, made when first asked for.
  func answerLift(bits: Int) -> RoundingMap {
    answerLifts.withLock { made in
      if let map = made[bits] { return map }
      let map = RoundingMap.encodingAdded(from: BigInteger(UInt64(1)) << bits, to: basis)
      made[bits] = map
      return map
    }
  }
}

/// What the product of two ciphertexts needs at one level: an auxiliary basis B with B > t·N·Q, so that
/// ⌊t·x/Q⌉ of a tensor product x fits it.
struct ProductTables: Sendable {
  let joined: RNSBasis
  let auxiliary: RNSBasis
  /// Q to B, centred.
  let lifting: RoundingMap
  /// Q∪B to B, times t/Q.
  let scaling: RoundingMap
  /// B back to Q.
  let restriction: RoundingMap

  /// The primes of B for a modulus Q.
  static func auxiliaryCount(degree: Int, q: BigInteger, t: BigInteger) -> Int {
    let bits = q.bitWidth + t.bitWidth + (2 * degree).trailingZeroBitCount + 2
    return (bits + 46) / 47
  }

  init(basis: RNSBasis, t: BigInteger) {
    let order = UInt64(2 * basis.degree)
    let count = Self.auxiliaryCount(degree: basis.degree, q: basis.product, t: t)
    let taken = Set(basis.moduli.map(\.value))
    do {
      let candidates = try Modulus.primes(
        bitWidth: Modulus.maximumBitWidth, congruentToOneModulo: order, count: count + basis.count)
      auxiliary = try RNSBasis(
        degree: basis.degree, moduli: Array(candidates.filter { !taken.contains($0.value) }.prefix(count)))
    } catch { preconditionFailure("there are thousands of 48-bit primes for each degree") }
    joined = basis.joined(with: auxiliary)
    lifting = .centredExtension(from: basis, to: auxiliary)
    scaling = .productScaling(by: t, from: basis, auxiliary: auxiliary)
    restriction = .centredExtension(from: auxiliary, to: basis)
  }
}
