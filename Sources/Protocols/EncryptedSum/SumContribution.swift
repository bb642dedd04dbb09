import BFV
import BigIntegers
import ByteCoding
import Primitives

extension SumPlan {
  /// Encrypts a contributor's vector. Throws `vectorOutOfRange` for one that no rows within the bounds give.
  public func encrypt(_ vector: [Int]) throws(SumError) -> [UInt8] {
    try layout.check(vector)
    return key.encrypt(try plaintext(vector)).encoded()
  }

  /// Signed values as residues modulo t.
  func plaintext(_ values: [Int]) throws(SumError) -> Plaintext {
    let t = key.parameters.plaintextModulus
    let residues = values.map { $0 < 0 ? t + BigInteger($0) : BigInteger($0) }
    do { return try Plaintext(wideCoefficients: residues, parameters: key.parameters) } catch {
      throw .vectorOutOfRange
    }
  }

  /// The length of every contribution.
  public var contributionByteCount: Int {
    let parameters = key.parameters
    let bits = parameters.literal.coefficientModuli.reduce(0) { sum, prime in
      let row = parameters.degree * (UInt64.bitWidth - prime.leadingZeroBitCount)
      return sum + (row + 7) / 8
    }
    return FormatHeader.byteCount + SHA256.byteCount + 3 + 2 * bits
  }

  /// Reads and checks a contribution: parameters, level, two polynomials, every residue below its prime, and not
  /// transparent. Throws `malformedContribution` or `transparentContribution`.
  ///
  /// Nothing can be said of the values inside: a contributor that lies about them, or encrypts with too much noise, spoils the
  /// sum but learns nothing by it.
  public func ciphertext(_ body: [UInt8]) throws(SumError) -> SumCiphertext {
    guard body.count == contributionByteCount else { throw .malformedContribution }
    do {
      return SumCiphertext(
        ciphertext: try Ciphertext<Coefficient>(
          decoding: body, parameters: key.parameters, noise: .freshPublic(degree: key.parameters.degree)))
    } catch {
      throw error == .transparent ? .transparentContribution : .malformedContribution
    }
  }

  /// What names a contribution in receipts and manifests: SHA-256 over study, contributor and the body's SHA-256.
  public func digest(of body: [UInt8], by contributor: String) -> [UInt8] {
    digest(ofBody: SHA256.hash(body), by: contributor)
  }

  fileprivate func digest(ofBody bodyDigest: [UInt8], by contributor: String) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(text: "hitoku sum contribution 1")
    writer.append(bytes: studyDigest)
    writer.append(text: contributor)
    writer.append(bytes: bodyDigest)
    return SHA256.hash(writer.finish())
  }
}

/// What a provider stores: bytes that were checked, under a contributor's name.
public struct CheckedContribution: Sendable, Hashable {
  /// Who contributed.
  public let contributor: String
  /// The ciphertext's bytes.
  public let body: [UInt8]
  /// `SumPlan.digest(of:by:)`.
  public let digest: [UInt8]
  /// SHA-256 of the body alone: the same for whoever sends it.
  public let bodyDigest: [UInt8]
}

extension SumPlan {
  /// Checks a contribution as `ciphertext` does. Throws also `wrongContribution` for a name of other than 1 to 128 bytes or with
  /// control characters.
  public func checked(_ body: [UInt8], by contributor: String) throws(SumError) -> CheckedContribution {
    guard SumStudy.isName(contributor) else { throw .wrongContribution }
    _ = try ciphertext(body)
    let bodyDigest = SHA256.hash(body)
    return CheckedContribution(
      contributor: contributor, body: body, digest: digest(ofBody: bodyDigest, by: contributor),
      bodyDigest: bodyDigest)
  }
}

/// A contribution that was checked.
public struct SumCiphertext: Sendable {
  let ciphertext: Ciphertext<Coefficient>
}

/// The running sum of contributions: as large for ten thousand as for one.
public struct SumAggregate: Sendable {
  /// The number of contributions.
  public private(set) var count = 0
  private(set) var sum: Ciphertext<Coefficient>?

  /// The sum of none.
  public init() {}

  /// Adds a contribution. All are of one plan.
  public mutating func add(_ contribution: SumCiphertext) {
    count += 1
    // Given the key's own error and secret, noises of different contributors are independent.
    if sum == nil {
      sum = contribution.ciphertext
    } else {
      sum?.add(contribution.ciphertext, errorsAreIndependent: true)
    }
  }
}
