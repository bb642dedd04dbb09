import PolynomialRing

/// Ciphertexts of which many inner products with plaintexts are taken, the plaintexts packed in memory and never kept
/// transformed: retrieval from large tables.
public struct EncryptedFactors: Sendable {
  /// The set they were made with.
  public let parameters: Parameters
  /// How plaintexts are packed: coefficients below t, or already transformed slots' coefficients.
  public let rows: PackedRows
  /// c0 of all, c1 of all, and c2 of all if they are products.
  private let polynomials: [[RNSPolynomial<Evaluation>]]
  private let noise: NoiseBound

  /// The noise bound takes errors as independent, and the signs of plaintexts as random where products share a factor.
  ///
  /// Distinct encryptions of one level and number of polynomials, at least one; `bitsPerCoefficient` as `PackedRows` has it, t
  /// below 2^bits. Throws `wrongShape`.
  public init(
    _ ciphertexts: [Ciphertext<Evaluation>], bitsPerCoefficient: Int
  ) throws(BFVError) {
    guard let first = ciphertexts.first,
      ciphertexts.allSatisfy({
        $0.polynomialCount == first.polynomialCount && $0.level == first.level
          && $0.parameters.digest == first.parameters.digest
      })
    else { throw .wrongShape }
    parameters = first.parameters
    rows = try Self.rows(of: parameters, bitsPerCoefficient: bitsPerCoefficient)
    polynomials = first.polynomials.indices.map { index in ciphertexts.map { $0.polynomials[index] } }
    noise = .innerProduct(
      ciphertexts.map { ($0.noise, first.parameters.worstNorms) }, independent: true)
  }

  /// How plaintexts of a set are packed. Throws `wrongShape` where t exceeds 2^bits.
  public static func rows(
    of parameters: Parameters, bitsPerCoefficient: Int
  ) throws(BFVError) -> PackedRows {
    guard let t = parameters.wordModulus, (1...32).contains(bitsPerCoefficient),
      t.value <= UInt64(1) << UInt64(bitsPerCoefficient)
    else { throw .wrongShape }
    return PackedRows(degree: parameters.degree, bits: bitsPerCoefficient, modulus: t)
  }

  /// The number of plaintexts of an inner product.
  public var count: Int { polynomials[0].count }

  /// Σ_k ciphertext k · p_k for each run of `count` rows p_k in `bytes`. The noise bound is that of plaintexts at their worst,
  /// so that it says nothing of these. Throws `wrongShape` where `bytes` are too few.
  public func innerProducts(
    _ bytes: RawSpan, _ layout: RowBlocksLayout
  ) throws(BFVError) -> [Ciphertext<Coefficient>] {
    guard layout.count > 0 else { return [] }
    let end = layout.offset + (layout.count - 1) * layout.stride + count * rows.rowByteCount
    guard end <= bytes.byteCount else { throw .wrongShape }
    let sums = RNSPolynomial.innerProducts(
      of: polynomials, rows, in: bytes, layout, basis: polynomials[0][0].basis)
    return sums.map { polynomials in
      Ciphertext(parameters: parameters, polynomials: polynomials.map { $0.interpolated() }, noise: noise)
    }
  }
}

/// Where the rows of several inner products stand.
public typealias RowBlocksLayout = PolynomialRing.RowBlocksLayout
/// How coefficients are packed.
public typealias PackedRows = PolynomialRing.PackedRows
