import BigIntegers
import ModularArithmetic
import ProcessorFeatures

extension RoundingMap {
  /// Numbers given as rows of 48-bit limbs, lowest first.
  public static let limbBits = 48

  /// How many limbs a number below `bound` needs.
  public static func limbCount(below bound: BigInteger) -> Int {
    max(1, ((bound - BigInteger(UInt64(1))).bitWidth + limbBits - 1) / limbBits)
  }

  /// x mod Q, taken in [−Q/2, Q/2), modulo the primes of another basis. Exact but for |x| within k·2^-51·Q of Q/2,
  /// where the other sign may come out.
  public static func centredExtension(from basis: RNSBasis, to target: RNSBasis) -> RoundingMap {
    let q = basis.product
    return RoundingMap(
      sources: crtSources(basis) { modulus in
        Fraction(BigInteger(UInt64(1)), over: BigInteger(modulus.value))
      },
      moduli: target.moduli,
      matrix: target.moduli.map { m in
        basis.moduli.map { (q / BigInteger($0.value)).remainder(dividingBy: m.value) }
      },
      rounding: .multiplied(target.moduli.map { m in m.negate(q.remainder(dividingBy: m.value)) }),
      own: nil, variant: basis.variant)
  }

  /// ⌊t·x/Q⌉ modulo the primes of B, from x modulo the primes of Q (sources) and B (own): the scaling step of the
  /// BFV product. Right while |t·x/Q| < B/2.
  public static func productScaling(
    by t: BigInteger, from basis: RNSBasis, auxiliary: RNSBasis
  ) -> RoundingMap {
    let b = auxiliary.product
    let sources = basis.moduli.map { modulus -> Source in
      let cofactor = basis.product / BigInteger(modulus.value) * b
      return Source(
        bound: modulus.value, scale: invertible(cofactor, modulo: modulus),
        fraction: Fraction(t * b, over: BigInteger(modulus.value)))
    }
    return RoundingMap(
      sources: sources, moduli: auxiliary.moduli,
      matrix: auxiliary.moduli.map { m in
        basis.moduli.map { (t * b / BigInteger($0.value)).remainder(dividingBy: m.value) }
      },
      rounding: .added,
      own: auxiliary.moduli.map { m in
        m.multiply(t.remainder(dividingBy: m.value), invertible(basis.product, modulo: m))
      }, variant: basis.variant)
  }

  /// ⌊t·x/Q⌉ mod t for one-word t: decryption, and switching to a small modulus that need not be prime.
  public static func scaling(to t: Modulus, from basis: RNSBasis) -> RoundingMap {
    let wide = BigInteger(t.value)
    return RoundingMap(
      sources: crtSources(basis) { Fraction(wide, over: BigInteger($0.value)) }, moduli: [t],
      matrix: [basis.moduli.map { t.reduce(t.value / $0.value) }], rounding: .added, own: nil,
      variant: basis.variant)
  }

  /// ⌊Q·m/t⌉ modulo the primes of Q for 0 ≤ m < t, m given in 48-bit limbs, added to own rows: encoding.
  public static func encodingAdded(from t: BigInteger, to basis: RNSBasis) -> RoundingMap {
    let weights = (0..<limbCount(below: t)).map { basis.product << (limbBits * $0) }
    return RoundingMap(
      sources: weights.map { limbSource(Fraction($0, over: t)) }, moduli: basis.moduli,
      matrix: basis.moduli.map { m in weights.map { ($0 / t).remainder(dividingBy: m.value) } },
      rounding: .added, own: basis.moduli.map { $0.reduce(1) }, variant: basis.variant)
  }

  /// m mod t, 0 ≤ m < t in 48-bit limbs, taken in [−t/2, t/2), modulo the primes of a basis.
  public static func centredLift(from t: BigInteger, to basis: RNSBasis) -> RoundingMap {
    limbLift(t, to: basis.moduli, variant: basis.variant, addsToOwn: false)
  }

  /// Signed words, |x| < 2^47, kept as 48-bit two's complement, added to own rows.
  static func signedLiftAdded(to moduli: [Modulus], variant: VectorVariant) -> RoundingMap {
    limbLift(BigInteger(UInt64(1) << 48), to: moduli, variant: variant, addsToOwn: true)
  }

  private static func limbLift(
    _ t: BigInteger, to moduli: [Modulus], variant: VectorVariant, addsToOwn: Bool
  ) -> RoundingMap {
    let weights = (0..<limbCount(below: t)).map { BigInteger(UInt64(1)) << (limbBits * $0) }
    return RoundingMap(
      sources: weights.map { limbSource(Fraction($0, over: t)) }, moduli: moduli,
      matrix: moduli.map { m in weights.map { $0.remainder(dividingBy: m.value) } },
      rounding: .multiplied(moduli.map { m in m.negate(t.remainder(dividingBy: m.value)) }),
      own: addsToOwn ? moduli.map { $0.reduce(1) } : nil, variant: variant)
  }

  /// ⌊x/p⌉ modulo the kept primes, from x modulo p (source) and modulo the kept primes (own): dropping a prime.
  public static func division(by p: Modulus, kept: RNSBasis) -> RoundingMap {
    let inverses = kept.moduli.map { invertible(BigInteger(p.value), modulo: $0) }
    return RoundingMap(
      sources: [
        Source(
          bound: p.value, scale: 1,
          fraction: Fraction(BigInteger(UInt64(1)), over: BigInteger(p.value)))
      ],
      moduli: kept.moduli, matrix: zip(kept.moduli, inverses).map { [$0.negate($1)] }, rounding: .added,
      own: inverses, variant: kept.variant)
  }

  /// y_i = x_i·(Q/q_i)^-1 mod q_i, so that x = Σ y_i·Q/q_i mod Q.
  static func crtSources(_ basis: RNSBasis, fraction: (Modulus) -> Fraction) -> [Source] {
    basis.moduli.map { modulus in
      let cofactor = basis.product / BigInteger(modulus.value)
      return Source(
        bound: modulus.value, scale: invertible(cofactor, modulo: modulus), fraction: fraction(modulus))
    }
  }

  private static func limbSource(_ fraction: Fraction) -> Source {
    Source(bound: 1 << UInt64(limbBits), scale: 1, fraction: fraction)
  }

  /// The inverse of a number that is prime to the modulus by construction.
  private static func invertible(_ x: BigInteger, modulo m: Modulus) -> UInt64 {
    do {
      return try m.inverse(variableTime: x.remainder(dividingBy: m.value))
    } catch { preconditionFailure("bases share a prime") }
  }
}
