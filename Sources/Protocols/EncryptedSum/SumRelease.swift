// Fence: seeds are combined and hashed in place, in wiped memory.
import BigIntegers
import DisclosureControl
import Primitives
import Secrets

/// Where the randomness of a release comes from: the provider's seed, to which it committed before the first contribution, and
/// the auditor's, given after closing. One honest party of the two makes it uniform; both know it, the analyst must not.
public struct SumSeeds: ~Copyable, Sendable {
  /// The length of a seed.
  public static let byteCount = RandomStream.keyByteCount

  private let provider: SecretBytes
  private let auditor: SecretBytes

  /// Both seeds. Throws `malformed` unless each has 32 bytes.
  public init(provider: consuming SecretBytes, auditor: consuming SecretBytes) throws(SumError) {
    guard provider.count == Self.byteCount, auditor.count == Self.byteCount else { throw .malformed }
    self.init(checked: provider, auditor)
  }

  private init(checked provider: consuming SecretBytes, _ auditor: consuming SecretBytes) {
    self.provider = provider
    self.auditor = auditor
  }

  /// The provider's commitment to its seed for a study, in its receipts and the manifest.
  public static func commitment(to seed: borrowing SecretBytes, study: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("hitoku sum seed commitment 1".utf8) + study + copy(seed))
  }

  /// Throws `seedNotCommitted` unless the provider's seed opens its commitment.
  public borrowing func check(commitment: [UInt8], study: [UInt8]) throws(SumError) {
    guard constantTimeEquals(Self.commitment(to: provider, study: study), commitment) else {
      throw .seedNotCommitted
    }
  }

  /// The commitment to the auditor's seed, in the log.
  borrowing func auditorCommitment(study: [UInt8]) -> [UInt8] { Self.commitment(to: auditor, study: study) }

  /// What a stream of randomness is for: its number.
  enum Use: UInt64 {
    case rerandomization = 1
    case flood = 2
    case noise = 3
  }

  /// The stream keyed by the exclusive or of both seeds.
  borrowing func stream(_ use: Use) -> RandomStream {
    var key = provider.copy()
    unsafe key.withUnsafeMutableBufferPointer { key in
      unsafe auditor.withUnsafeBufferPointer { other in
        for index in key.indices { unsafe key[index] ^= other[index] }
      }
    }
    return RandomStream(key: key, stream: use.rawValue)
  }

  private static func copy(_ seed: borrowing SecretBytes) -> [UInt8] {
    unsafe seed.withUnsafeBufferPointer { unsafe Array($0) }
  }
}

extension SumPlan {
  /// The ciphertext that leaves the provider: the sum, with the noise that privacy asks for, an encryption of zero and the flood,
  /// switched to the smallest moduli that decrypt (BFV); or with
  /// fresh randomness (Paillier). The same bytes for the same contributions, in any order, and seeds.
  ///
  /// Throws `contributionsDiffer` for fewer contributions than the minimum or more than the maximum, and `noiseTooLarge`.
  public func release(
    _ aggregate: SumAggregate, seeds: borrowing SumSeeds
  ) throws(SumError) -> [UInt8] {
    let limits = study.limits
    guard (limits.minimumContributors...limits.maximumContributors).contains(aggregate.count) else {
      throw .contributionsDiffer
    }
    let noise = study.privacy == nil ? [] : privacyNoise(seeds)
    switch scheme {
    case .bfv(let sums):
      guard let sum = aggregate.bfv else { throw .contributionsDiffer }
      return try sums.release(sum, noise: noise, seeds: seeds)
    case .paillier(let sums):
      guard let sum = aggregate.paillier else { throw .contributionsDiffer }
      return try sums.release(sum, noise: noise, seeds: seeds)
    }
  }

  /// A draw for every value, clamped to the bound that the layout leaves room for.
  private func privacyNoise(_ seeds: borrowing SumSeeds) -> [Int] {
    var coins = RandomCoins(seeds.stream(.noise))
    var noise = [Int](repeating: 0, count: layout.count)
    for block in layout.blocks {
      guard let release = block.noise, let distribution = release.noise else { continue }
      let bound = release.noiseBound
      for position in block.positions {
        noise[position] = max(-bound, min(bound, distribution.sample(using: &coins)))
      }
    }
    return noise
  }

  /// SHA-256 that names a released ciphertext.
  public static func digest(ofRelease bytes: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("hitoku sum release 1".utf8) + bytes)
  }

  /// Checks decrypted sums against what contributions within their bounds can add up to, and, where no noise was added, against each
  /// other. Throws `sumOutOfRange`, also after decryption with another key, or `sumsContradict`.
  func totals(_ sums: [BigInteger], contributors: Int) throws(SumError) -> SumTotals {
    var values: [Int] = []
    for block in layout.blocks {
      for position in block.positions {
        guard let sum = Int(exactly: sums[position]), block.released.contains(sum) else {
          throw .sumOutOfRange(column: study.column(of: block.kind))
        }
        values.append(sum)
      }
    }
    let totals = SumTotals(study: study, layout: layout, contributors: contributors, values: values)
    if let column = totals.contradiction { throw .sumsContradict(column: column) }
    return totals
  }
}
