import ModularArithmetic
import PolynomialRing
import Primitives

/// Encrypts P·f_d·s' under s for every gadget factor f_d, modulo Q·P: what turns a ciphertext under s' into one under s
/// (Gentry, Halevi and Smart, eprint 2012/099, section 3.1, with RNS digits).
struct KeySwitchingKey: Sendable {
  /// For each digit, (b_d, a_d) by their values over the key basis.
  let parts: [(RNSPolynomial<Evaluation>, RNSPolynomial<Evaluation>)]
  /// a_d is expanded from this seed with stream d.
  let seed: Seed

  static func mask(_ seed: Seed, digit: Int, basis: RNSBasis) -> RNSPolynomial<Evaluation> {
    var stream = RandomStream(seed: seed, stream: UInt64(digit))
    return RNSPolynomial<Evaluation>(uniform: basis, from: &stream)
  }

  /// The number of digits of a key.
  static func digitCount(_ parameters: Parameters) -> Int {
    parameters.gadget.factors(over: parameters.level(parameters.topLevel).basis).count
  }

  /// Puts the b_d that were received to the a_d of the seed.
  init(bodies: [RNSPolynomial<Evaluation>], seed: Seed) {
    self.seed = seed
    parts = bodies.enumerated().map { ($1, Self.mask(seed, digit: $0, basis: $1.basis)) }
  }

  /// A key from `source` to the secret of `key`.
  init(from source: borrowing SecretPolynomial, to key: borrowing SecretKey) throws(BFVError) {
    let parameters = key.parameters
    guard parameters.hasSpecialModulus, let special = parameters.keyBasis.moduli.last else {
      throw .keySwitchingUnavailable
    }
    let seed = Seed.random()
    var parts: [(RNSPolynomial<Evaluation>, RNSPolynomial<Evaluation>)] = []
    let factors = parameters.gadget.factors(over: parameters.level(parameters.topLevel).basis)
    for (digit, (prime, factor)) in factors.enumerated() {
      let modulus = parameters.keyBasis.moduli[prime]
      let a = Self.mask(seed, digit: digit, basis: parameters.keyBasis)
      var b = key.maskedError(a)
      let scale = modulus.multiply(modulus.reduce(special.value), modulus.reduce(factor))
      source.add(times: FixedMultiplicand(scale, modulus: modulus), toRow: prime, of: &b)
      parts.append((b, a))
    }
    self.parts = parts
    self.seed = seed
  }

  /// (u0, u1) with u0 + u1·s = x·s' + small noise.
  func apply(
    _ x: RNSPolynomial<Coefficient>, _ parameters: Parameters
  ) -> (RNSPolynomial<Coefficient>, RNSPolynomial<Coefficient>) {
    let level = parameters.level(x.basis.count)
    guard let (basis, division) = level.keySwitching else {
      preconditionFailure("a key exists only with a special modulus")
    }
    let (u0, u1) = x.gadgetProduct(parameters.gadget, keys: parts, over: basis)
    return (
      division.divideByLast(u0.interpolated(), to: level.basis),
      division.divideByLast(u1.interpolated(), to: level.basis)
    )
  }
}

/// Switches products from s² back to s.
public struct RelinearizationKey: Sendable {
  /// The set it was made with.
  public let parameters: Parameters
  let key: KeySwitchingKey
}

/// Switches images under automorphisms back to s.
public struct GaloisKeys: Sendable {
  /// The set they were made with.
  public let parameters: Parameters
  var keys: [GaloisElement: KeySwitchingKey]

  /// The automorphisms these keys serve.
  public var elements: Set<GaloisElement> { Set(keys.keys) }
}

extension SecretKey {
  /// A key that takes three-polynomial ciphertexts back to two. Throws `keySwitchingUnavailable` without a special
  /// modulus. Publishing it assumes circular security, as all of BFV with relinearisation does.
  public borrowing func makeRelinearizationKey() throws(BFVError) -> RelinearizationKey {
    let square = SecretPolynomial.product(values, values)
    return RelinearizationKey(parameters: parameters, key: try KeySwitchingKey(from: square, to: self))
  }

  /// Keys for these automorphisms.
  public borrowing func makeGaloisKeys(_ elements: [GaloisElement]) throws(BFVError) -> GaloisKeys {
    var keys: [GaloisElement: KeySwitchingKey] = [:]
    for element in Set(elements) {
      let image = values.substituting(power: element)
      keys[element] = try KeySwitchingKey(from: image, to: self)
    }
    return GaloisKeys(parameters: parameters, keys: keys)
  }
}

extension Parameters {
  /// X ↦ X^(3^steps): rotates both rows of slots to the left by `steps`.
  public func rotation(by steps: Int) -> GaloisElement { .rotatingRows(by: steps, degree: degree) }
  /// X ↦ X^(−1): exchanges the rows.
  public var rowSwap: GaloisElement { .swappingRows(degree: degree) }
  /// The automorphisms of `sumOfSlots`: rotations by powers of two and the exchange of rows.
  public var slotSum: [GaloisElement] {
    (0..<(degree.trailingZeroBitCount - 1)).map { rotation(by: 1 << $0) } + [rowSwap]
  }
  /// The automorphisms of an expansion by `levels`.
  public func expansion(levels: Int) -> [GaloisElement] {
    (0..<levels).map { .expansion(level: $0, degree: degree) }
  }
}
