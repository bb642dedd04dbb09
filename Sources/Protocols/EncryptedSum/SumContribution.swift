import BFV
import ByteCoding
import Paillier
import Primitives

extension SumPlan {
  /// Encrypts a contributor's vector. Throws `vectorOutOfRange` for one that no rows within the bounds give.
  public func encrypt(_ vector: [Int]) throws(SumError) -> [UInt8] {
    try layout.check(vector)
    switch scheme {
    case .bfv(let sums): return try sums.encrypt(vector)
    case .paillier(let sums): return try sums.encrypt(vector)
    }
  }

  /// The length of every contribution.
  public var contributionByteCount: Int {
    switch scheme {
    case .bfv(let sums): sums.byteCount
    case .paillier(let sums): sums.byteCount
    }
  }

  /// Reads and checks a contribution: under BFV parameters, level, two polynomials, every residue below its prime, and not
  /// transparent; under Paillier the key, the number of ciphertexts, and each a unit modulo n². Throws
  /// `malformedContribution` or `transparentContribution`.
  ///
  /// Nothing can be said of the values inside: a contributor that lies about them, or encrypts with too much noise, spoils the
  /// sum but learns nothing by it.
  public func ciphertext(_ body: [UInt8]) throws(SumError) -> SumCiphertext {
    switch scheme {
    case .bfv(let sums): SumCiphertext(value: .bfv(try sums.ciphertext(body)))
    case .paillier(let sums): SumCiphertext(value: .paillier(try sums.ciphertexts(body)))
    }
  }

  /// Checks a contribution as `ciphertext` does. Throws also `wrongContribution` for a name of other than 1 to 128 bytes or with
  /// characters that do not show, and, where the study lists its contributors, `refused(.notListed)` or
  /// `invalidSignature(.contributor)`.
  public func checked(
    _ body: [UInt8], by contributor: String, signature: ContributionSignature? = nil
  ) throws(SumError) -> CheckedContribution {
    guard SumStudy.isName(contributor) else { throw .wrongContribution }
    _ = try ciphertext(body)
    let bodyDigest = SHA256.hash(body)
    let digest = digest(ofBody: bodyDigest, by: contributor, version: signature?.version ?? 0)
    try verify(digest, by: contributor, signature)
    return CheckedContribution(
      contributor: contributor, body: body, signature: signature, digest: digest, bodyDigest: bodyDigest)
  }

  /// What names a contribution in receipts and manifests: SHA-256 over study, contributor, version (0 without signature) and the body's
  /// SHA-256.
  public func digest(of body: [UInt8], by contributor: String, version: Int = 0) -> [UInt8] {
    digest(ofBody: SHA256.hash(body), by: contributor, version: version)
  }

  private func digest(ofBody bodyDigest: [UInt8], by contributor: String, version: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(text: "hitoku sum contribution 2")
    writer.append(bytes: studyDigest)
    writer.append(text: contributor)
    writer.append(UInt64(bitPattern: Int64(version)))
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
  /// The contributor's signature; nil where the study lists nobody.
  public let signature: ContributionSignature?
  /// `SumPlan.digest(of:by:version:)`.
  public let digest: [UInt8]
  /// SHA-256 of the body alone: the same for whoever sends it.
  public let bodyDigest: [UInt8]
}

/// A contribution that was checked.
public struct SumCiphertext: Sendable {
  enum Value: Sendable {
    case bfv(Ciphertext<Coefficient>)
    case paillier(Ciphertexts)
  }
  let value: Value
}

/// The running sum of contributions: as large for ten thousand as for one.
public struct SumAggregate: Sendable {
  /// The number of contributions.
  public private(set) var count = 0
  // One of both, and not an enum: taking a sum out of an enum to add to it would copy it each time.
  private(set) var bfv: Ciphertext<Coefficient>?
  private(set) var paillier: Ciphertexts?

  /// The sum of none.
  public init() {}

  /// Adds a contribution. All are of one plan.
  public mutating func add(_ contribution: SumCiphertext) {
    count += 1
    switch contribution.value {
    case .bfv(let ciphertext):
      // Given the key's own error and secret, noises of different contributors are independent.
      if bfv == nil { bfv = ciphertext } else { bfv?.add(ciphertext, errorsAreIndependent: true) }
    case .paillier(let ciphertexts):
      guard let sum = paillier else {
        paillier = ciphertexts
        return
      }
      guard let added = try? sum.adding(ciphertexts, threads: 1) else {
        preconditionFailure("contributions of two plans")
      }
      paillier = added
    }
  }
}
