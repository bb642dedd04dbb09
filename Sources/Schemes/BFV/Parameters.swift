import BigIntegers
import ByteCoding
import ModularArithmetic
import PolynomialRing
import Primitives

/// A checked parameter set with everything precomputed that depends on it alone.
///
/// BFV (Brakerski 2012; Fan and Vercauteren, eprint 2012/144): a ciphertext (c0, c1) under the ternary secret s holds
/// m in R_t as c0 + c1·s = Q·m/t + v with small noise v.
public final class Parameters: Sendable {
  /// What the set was made from.
  public let literal: ParametersLiteral
  /// SHA-256 over everything that changes the meaning of a byte; stands in every encoding.
  public let digest: [UInt8]
  /// SHA-256 over what a key-switching key depends on: the degree, the primes and the digits, not the plaintext modulus.
  public let keyDigest: [UInt8]
  /// Level l holds the first l primes; fresh ciphertexts are at the top level k.
  let levels: [Level]
  /// All primes of keys: q_1 … q_k and then P if there is one.
  let keyBasis: RNSBasis
  /// How key switching cuts digits.
  let gadget: Gadget
  let hasSpecialModulus: Bool
  /// t where it has at most 48 bits.
  let wordModulus: Modulus?
  /// The ring modulo t and the order of slots, where t allows slots.
  let slots: SlotOrder?

  /// N.
  public var degree: Int { literal.degree }
  /// t.
  public var plaintextModulus: BigInteger { literal.plaintextModulus }
  /// The level of fresh ciphertexts: the number of data primes.
  public var topLevel: Int { levels.count }
  /// Whether t is a prime ≡ 1 mod 2N, so that plaintexts have N slots.
  public var hasSlots: Bool { slots != nil }
  /// Q of a level.
  public func modulus(atLevel level: Int) -> BigInteger { levels[level - 1].basis.product }

  /// Checks the set, security included: Q·P within eprint 2024/463, table 5.2.
  public convenience init(_ literal: ParametersLiteral) throws(BFVError) {
    guard let limit = SecurityTable.maximumModulusBits[literal.degree] else { throw .invalidParameters }
    let special = literal.specialModulus.map { BigInteger($0) } ?? BigInteger(UInt64(1))
    let total = literal.coefficientModuli.reduce(special) { $0 * BigInteger($1) }
    guard total.bitWidth <= limit else { throw .insecureParameters }
    try self.init(insecure: literal)
  }

  /// Checks the set but for its security: for tests and research, never for data.
  public init(insecure literal: ParametersLiteral) throws(BFVError) {
    try Self.checkShape(literal)
    self.literal = literal
    var data: [Modulus] = []
    var special: Modulus?
    let dataBasis: RNSBasis
    do {
      for value in literal.coefficientModuli { data.append(try Modulus(value)) }
      special = try literal.specialModulus.map { try Modulus($0) }
      dataBasis = try RNSBasis(degree: literal.degree, moduli: data)
      if let special {
        guard !data.contains(special) else { throw BFVError.invalidParameters }
        keyBasis = dataBasis.joined(with: try RNSBasis(degree: literal.degree, moduli: [special]))
      } else {
        keyBasis = dataBasis
      }
    } catch { throw .invalidParameters }
    let primes = data + (special.map { [$0] } ?? [])
    guard primes.allSatisfy({ literal.plaintextModulus.remainder(dividingBy: $0.value) != 0 }) else {
      throw .invalidParameters
    }
    hasSpecialModulus = special != nil
    gadget = Gadget(digitBits: literal.digitBits)
    let t = literal.plaintextModulus
    wordModulus = t.bitWidth <= Modulus.maximumBitWidth ? t.words.first.flatMap { try? Modulus($0) } : nil
    slots = SlotOrder(plaintextModulus: literal.plaintextModulus, degree: literal.degree)
    digest = Self.digest(of: literal)
    keyDigest = Self.keyDigest(of: literal)
    let full = keyBasis
    levels = (1...data.count).map { count in
      Level(
        basis: count == data.count ? dataBasis : dataBasis.prefix(count),
        special: special == nil ? nil : full.suffix(1), literal: literal)
    }
  }

  private static func checkShape(_ literal: ParametersLiteral) throws(BFVError) {
    guard (1024...32768).contains(literal.degree), literal.degree.nonzeroBitCount == 1,
      (1...20).contains(literal.coefficientModuli.count),
      literal.plaintextModulus >= BigInteger(UInt64(2)), literal.plaintextModulus.bitWidth <= 220,
      literal.digitBits.map({ (4...45).contains($0) }) ?? true
    else { throw .invalidParameters }
    let product = literal.coefficientModuli.reduce(BigInteger(UInt64(1))) { $0 * BigInteger($1) }
    let first = UInt64.bitWidth - (literal.coefficientModuli.min() ?? 0).leadingZeroBitCount
    guard product > literal.plaintextModulus << 1, (0...16).contains(literal.uploadDroppedBits),
      literal.uploadDroppedBits < first
    else { throw .invalidParameters }
    // Every set within the security table passes this; wider ones would have no ciphertext product.
    let auxiliaryCount = ProductTables.auxiliaryCount(
      degree: literal.degree, q: product, t: literal.plaintextModulus)
    guard auxiliaryCount <= RoundingMap.maximumSourceCount else { throw .invalidParameters }
    if let bits = literal.answerBits {
      let floor = literal.plaintextModulus.bitWidth
      guard bits.widths.allSatisfy({ (floor...256).contains($0) }) else { throw .invalidParameters }
    }
  }

  private static func keyDigest(of literal: ParametersLiteral) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(bytes: Array("hitoku/bfv/keys/1".utf8))
    appendKeyFields(of: literal, to: &writer)
    return SHA256.hash(writer.finish())
  }

  private static func appendKeyFields(of literal: ParametersLiteral, to writer: inout ByteWriter) {
    writer.append(UInt32(literal.degree))
    writer.append(UInt32(literal.coefficientModuli.count))
    for modulus in literal.coefficientModuli { writer.append(modulus) }
    writer.append(literal.specialModulus ?? 0)
    writer.append(UInt32(literal.digitBits ?? 0))
  }

  private static func digest(of literal: ParametersLiteral) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(bytes: Array("hitoku/bfv/parameters/1".utf8))
    appendKeyFields(of: literal, to: &writer)
    writer.append(UInt32(literal.uploadDroppedBits))
    writer.append(UInt32(literal.answerBits?.c0 ?? 0))
    writer.append(UInt32(literal.answerBits?.c1 ?? 0))
    writer.append(UInt32(literal.answerBits?.c2 ?? 0))
    for word in literal.plaintextModulus.words { writer.append(word) }
    return SHA256.hash(writer.finish())
  }

  func level(_ level: Int) -> Level {
    precondition((1...levels.count).contains(level))
    return levels[level - 1]
  }
}
