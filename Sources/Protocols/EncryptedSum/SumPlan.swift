import BFV
import BigIntegers
import Glibc
import Primitives

/// A study with its encryption key: everything that contributor, provider, auditor and analyst compute alike.
///
/// The analyst learns the sums of the layout and the number of contributors, the provider and contributors nothing. The
/// released ciphertext is re-randomised and flooded over all N coefficients, so that its noise says of single
/// contributions less than 2^-40 in statistical distance, and decrypts wrongly with probability at most 2^-40.
public struct SumPlan: Sendable {
  /// The study.
  public let study: SumStudy
  /// The study's digest, computed once.
  public let studyDigest: [UInt8]
  /// Which value stands where.
  public let layout: SumLayout
  /// What contributions are encrypted under.
  public let key: BFV.PublicKey
  /// The flood is uniform on [−2^(floodBits−1), 2^(floodBits−1)).
  public let floodBits: Int
  /// log2 of the statistical distance over all released coefficients: at most −40.
  public let floodDistanceLog2: Double
  /// log2 of the probability that one released coefficient decrypts wrongly: at most −40.
  public let failureLog2: Double

  /// log2 of what may go wrong in each of the two ways.
  public static let statisticalLog2 = -40.0

  /// The fingerprint of an encoded encryption key, which a study fixes.
  public static func fingerprint(_ encodedKey: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("hitoku sum encryption key 1".utf8) + encodedKey)
  }

  /// The plan for a study. Throws `wrongEncryptionKey` for another key than the study's, `invalidStudy` where vector, sums or
  /// noise do not fit the parameter set.
  public init(_ study: SumStudy, key: BFV.PublicKey) throws(SumError) {
    guard case .bfv(let name) = study.scheme, key.parameters.literal.name == name,
      Self.fingerprint(key.encoded()) == study.keys.encryptionKey
    else { throw .wrongEncryptionKey }
    let parameters = key.parameters
    layout = try SumLayout(study)
    guard layout.count <= parameters.degree else {
      throw .invalidStudy(.tooManyValues(layout.count, maximum: parameters.degree))
    }
    guard let block = layout.blocks.first(where: { $0.isWider(than: parameters.plaintextModulus) }) else {
      let noise = ReleaseNoise(parameters, contributions: study.limits.maximumContributors)
      guard noise.failureLog2 <= Self.statisticalLog2 else {
        throw .invalidStudy(.tooManyContributors(maximum: ReleaseNoise.mostContributions(parameters)))
      }
      self.study = study
      studyDigest = study.digest
      self.key = key
      floodBits = noise.floodBits
      floodDistanceLog2 = noise.distanceLog2
      failureLog2 = noise.failureLog2
      return
    }
    throw .invalidStudy(.mightWrap(column: study.column(of: block.kind)))
  }

  /// Reads a contributor's copy of the encryption key. Throws `wrongEncryptionKey`.
  public init(_ study: SumStudy, encodedKey: [UInt8], parameters: Parameters) throws(SumError) {
    let key: BFV.PublicKey
    do { key = try BFV.PublicKey(decoding: encodedKey, parameters: parameters) } catch {
      throw .wrongEncryptionKey
    }
    try self.init(study, key: key)
  }

  /// log2 of t over the widest span of a released value: above zero, no sum within its bounds wraps.
  public var headroomBits: Double {
    let t = key.parameters.plaintextModulus
    let shift = max(0, t.bitWidth - 53)
    return log2(Double((t >> shift).words.first ?? 1)) + Double(shift) - log2(Double(layout.largestSpan))
  }
}

extension SumLayout.Block {
  fileprivate func isWider(than modulus: BigInteger) -> Bool {
    BigInteger(released.upperBound) - BigInteger(released.lowerBound) >= modulus
  }
}

/// The noise of a release of so many contributions, computed from parameters alone.
struct ReleaseNoise {
  let floodBits: Int
  let distanceLog2: Double
  let failureLog2: Double

  /// Contributions, the encryption of zero, and the roundings of all of them and of the noise that privacy adds.
  init(_ parameters: Parameters, contributions: Int) {
    var noise = NoiseBound.freshPublic(degree: parameters.degree)
    let growth = log2(Double(contributions + 1)) / 2
    noise.deviation += growth
    noise.directional += growth
    noise.euclidean += growth
    noise.bounded = log2(Double(contributions + 2)) - 1
    // E|noise| of a coefficient is at most its deviation and its bounded part; all N coefficients are sent.
    let expected = log2(Double(parameters.degree) * (exp2(noise.deviation) + exp2(noise.bounded)))
    floodBits = Int((expected - SumPlan.statisticalLog2).rounded(.up))
    distanceLog2 = expected - Double(floodBits)
    // The flood's asymmetry stays below 2^-38 of itself.
    noise.bounded = log2(exp2(noise.bounded) + exp2(Double(floodBits - 1)) * (1 + 0x1p-38))
    noise.boundedSum = noise.bounded + log2(Double(parameters.degree))
    failureLog2 =
      (try? parameters.answerFailureLog2(noise, coefficients: parameters.degree)) ?? 0
  }

  /// The most contributions for which a release decrypts; 0 where none does.
  static func mostContributions(_ parameters: Parameters) -> Int {
    var (low, high) = (0, 1_000_000)
    while low < high {
      let middle = (low + high + 1) / 2
      if ReleaseNoise(parameters, contributions: middle).failureLog2 <= SumPlan.statisticalLog2 {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }
}
