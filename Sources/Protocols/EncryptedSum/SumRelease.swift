// Fence: seeds are combined and hashed in place, in wiped memory.
import BFV
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
  /// switched to the smallest moduli that decrypt. The same bytes for the same contributions, in any order, and seeds.
  ///
  /// Throws `contributionsDiffer` for fewer contributions than the minimum or more than the maximum, and `noiseTooLarge`.
  public func release(
    _ aggregate: SumAggregate, seeds: borrowing SumSeeds
  ) throws(SumError) -> [UInt8] {
    let limits = study.limits
    guard (limits.minimumContributors...limits.maximumContributors).contains(aggregate.count),
      var sum = aggregate.sum
    else { throw .contributionsDiffer }
    if study.privacy != nil { sum.add(try plaintext(privacyNoise(seeds))) }
    var stream = seeds.stream(.rerandomization)
    sum.add(key.encryptZero(from: &stream), errorsAreIndependent: true)
    stream = seeds.stream(.flood)
    do {
      try sum.flood(bits: floodBits, from: &stream)
      guard sum.answerDecrypts else { throw BFVError.answersUnavailable }
      return try sum.answer(.all).encoded(key.parameters)
    } catch { throw .noiseTooLarge }
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

  /// Decrypts a released ciphertext: the analyst's last step, taken only for one with a countersigned manifest (`SumResult`).
  ///
  /// Throws `malformed`, or `sumOutOfRange` for a sum that contributions within
  /// their bounds cannot give, also after decryption with another key.
  func totals(of bytes: [UInt8], contributors: Int, key secret: borrowing SecretKey) throws(SumError)
    -> SumTotals
  {
    let plaintext: Plaintext
    do {
      let answer = try Answer(decoding: bytes, parameters: key.parameters)
      guard answer.extent == .all else { throw SumError.malformed }
      plaintext = try secret.decrypt(answer)
    } catch { throw .malformed }
    let t = key.parameters.plaintextModulus
    var values: [Int] = []
    for block in layout.blocks {
      for position in block.positions {
        var value = plaintext.wideCoefficient(position)
        if value > t >> 1 { value = value - t }
        guard let sum = Int(exactly: value), block.released.contains(sum) else {
          throw .sumOutOfRange(column: study.column(of: block.kind))
        }
        values.append(sum)
      }
    }
    return SumTotals(study: study, layout: layout, contributors: contributors, values: values)
  }
}
