import BigIntegers
import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures

/// Distinct primes q_1 … q_k with their transforms of one degree N: the ring Z_Q[X]/(X^N+1), Q = Π q_i, by the
/// Chinese remainder theorem.
public final class RNSBasis: Sendable {
  /// N.
  public let degree: Int
  /// One ring per prime, in order.
  public let rings: [ResidueRing]
  /// Q.
  public let product: BigInteger
  /// Adds small signed polynomials to rows of this basis.
  let signedLiftAdded: RoundingMap

  /// k.
  public var count: Int { rings.count }
  /// The primes, in order.
  public var moduli: [Modulus] { rings.map(\.modulus) }
  /// Which kernels these rings run on.
  public var variant: VectorVariant { rings[0].variant }

  /// Builds the transforms. Throws where a modulus is no prime ≡ 1 mod 2N, occurs twice, or N is no power of two in
  /// 1024 … 32768.
  public convenience init(
    degree: Int, moduli: [Modulus], variant: VectorVariant = .current
  ) throws(PolynomialRingError) {
    guard !moduli.isEmpty, Set(moduli).count == moduli.count else { throw .invalidBasis }
    var rings: [ResidueRing] = []
    for modulus in moduli {
      do throws(TransformError) {
        rings.append(try ResidueRing(degree: degree, modulus: modulus, variant: variant))
      } catch { throw .invalidBasis }
    }
    self.init(rings: rings)
  }

  /// Takes rings of one degree with distinct primes.
  public init(rings: [ResidueRing]) {
    precondition(!rings.isEmpty && rings.allSatisfy { $0.degree == rings[0].degree })
    precondition(Set(rings.map(\.modulus)).count == rings.count)
    self.rings = rings
    degree = rings[0].degree
    product = rings.reduce(BigInteger(UInt64(1))) { $0 * BigInteger($1.modulus.value) }
    signedLiftAdded = .signedLiftAdded(to: rings.map(\.modulus), variant: rings[0].variant)
  }

  /// The first `count` primes.
  public func prefix(_ count: Int) -> RNSBasis { RNSBasis(rings: Array(rings.prefix(count))) }

  /// The last `count` primes.
  public func suffix(_ count: Int) -> RNSBasis { RNSBasis(rings: Array(rings.suffix(count))) }

  /// These primes, then those of `other`.
  public func joined(with other: RNSBasis) -> RNSBasis { RNSBasis(rings: rings + other.rings) }

  /// Whether both have the same degree and primes in the same order.
  public func isSame(as other: RNSBasis) -> Bool {
    self === other || (degree == other.degree && moduli == other.moduli)
  }

  /// For each prime of `self`, its index in `other`, which must hold them all.
  func indices(in other: RNSBasis) -> [Int] {
    precondition(degree == other.degree)
    return rings.map { ring in
      guard let index = other.rings.firstIndex(where: { $0 === ring || $0.modulus == ring.modulus }) else {
        preconditionFailure("the operand's basis lacks a prime")
      }
      return index
    }
  }
}

/// What can be wrong with the arguments of the polynomial room.
public enum PolynomialRingError: Error, Equatable, Sendable {
  /// The primes or the degree do not form a basis.
  case invalidBasis
  /// A residue from outside is not below its prime.
  case residueOutOfRange
  /// The number of coefficients is not the degree, or a coefficient is not below the plaintext modulus.
  case invalidCoefficients
}
