import BigIntegers
import ModularArithmetic
import ProcessorFeatures

/// The one kernel behind every change of modulus:
///
///     y_i   = x_i·c_i mod q_i                                      (k source rows)
///     R     = ⌊Σ_i y_i·θ_i⌉                                        (θ_i a fraction in 104 bits)
///     out_j = Σ_i y_i·M_ij + R·ρ_j + own_j·λ_j  mod m_j            (l output rows)
///
/// Base extension, scaling by t/Q, modulus switching, dropping a prime, encoding ⌊Q·m/t⌉ and centred lifts are
/// this with other constants (the factories in RoundingMap+Factories.swift); the arithmetic is that of Halevi,
/// Polyakov and Shoup, "An improved RNS variant of the BFV homomorphic encryption scheme" (CT-RSA 2019, section 2),
/// with their floating-point sums replaced by fixed-point ones, so that every processor computes the same integers.
/// R errs from the exact rounding only where the exact sum lies within k·2^-51 of a half-integer.
/// Constant time in the residues.
public final class RoundingMap: Sendable {
  /// What one source row contributes.
  struct Source {
    /// Bound of the row: entries and products are reduced below it; 2^48 for rows of 48-bit limbs.
    var bound: UInt64
    /// c, below the bound.
    var scale: UInt64
    /// θ.
    var fraction: Fraction
  }

  /// A number in [0, 1): the floor of 2^104 times it, in two limbs.
  struct Fraction {
    var high: UInt64
    var low: UInt64

    /// The fractional part of numerator/denominator, for non-negative integers.
    init(_ numerator: BigInteger, over denominator: BigInteger) {
      let scaled = ((numerator % denominator) << 104) / denominator
      high = (scaled >> 52).words.first ?? 0
      low = scaled.remainder(dividingBy: 1 << 52)
    }
  }

  /// How R enters the outputs.
  enum Rounding {
    /// ρ_j = 1.
    case added
    /// These ρ_j; R must stay below 2^52.
    case multiplied([UInt64])
  }

  /// The most sources of one map: low halves below 2^52 are summed in 64 bits, and the sum of the high halves, each below
  /// 2^44, and its carry stays below 2^52. Twenty 48-bit primes and a plaintext modulus of 220 bits need 26.
  public static let maximumSourceCount = 32

  let sourceCount: Int
  let outputCount: Int
  let addsRoundedSum: Bool
  let usesOwn: Bool
  let sources: [UInt64]
  let outputs: [UInt64]
  let matrix: [UInt64]
  let outputModuli: [Modulus]
  let variant: VectorVariant

  /// - Parameters:
  ///   - sources: k sources.
  ///   - moduli: the l output moduli.
  ///   - matrix: l rows of k multipliers, reduced.
  ///   - rounding: ρ.
  ///   - own: λ, reduced, or nil where no own rows enter.
  ///   - variant: which kernel to run; AVX2 has none of its own and runs the scalar one.
  init(
    sources: [Source], moduli: [Modulus], matrix: [[UInt64]], rounding: Rounding, own: [UInt64]?,
    variant: VectorVariant
  ) {
    precondition(matrix.count == moduli.count && matrix.allSatisfy { $0.count == sources.count })
    precondition(sources.count <= Self.maximumSourceCount)
    sourceCount = sources.count
    outputCount = moduli.count
    outputModuli = moduli
    self.variant = variant
    self.sources = sources.flatMap { source in
      [
        source.bound, source.scale, source.bound.dividingFullWidth52(source.scale), source.fraction.high,
        source.fraction.low, 0, 0, 0,
      ]
    }
    let rho: [UInt64]
    switch rounding {
    case .added:
      addsRoundedSum = true
      rho = moduli.map { $0.reduce(1) }
    case .multiplied(let factors):
      addsRoundedSum = false
      rho = factors
    }
    usesOwn = own != nil
    let lambda = own ?? moduli.map { _ in 0 }
    outputs = moduli.indices.flatMap { j in
      let m = moduli[j]
      let carry = m.reduce(1 << 52)
      return [
        m.value, (1 << 52) / m.value, carry, m.value.dividingFullWidth52(carry), rho[j], lambda[j],
        m.multiply(carry, m.reduce(1 << 12)), 0,
      ]
    }
    self.matrix = matrix.flatMap { $0 }
  }
}

extension UInt64 {
  /// ⌊2^52·w / self⌋ for w < self ≤ 2^48.
  fileprivate func dividingFullWidth52(_ w: UInt64) -> UInt64 {
    dividingFullWidth((w >> 12, w << 52)).quotient
  }
}
