import BFV
import BigIntegers
import Paillier
import Primitives

/// A study with its encryption key: everything that contributor, provider, auditor and analyst compute alike.
///
/// The analyst learns the sums of the layout and the number of contributors, the provider and contributors nothing. A BFV
/// release is re-randomised and flooded over all N coefficients, so that its noise says of single contributions less than
/// 2^-40 in statistical distance, and decrypts wrongly with probability at most 2^-40; a Paillier release has no noise, and is
/// re-randomised.
public struct SumPlan: Sendable {
  /// The study.
  public let study: SumStudy
  /// The study's digest, computed once.
  public let studyDigest: [UInt8]
  /// Which value stands where.
  public let layout: SumLayout
  /// What contributions are encrypted under, as the study's fingerprint is taken of it.
  public let encodedKey: [UInt8]
  /// Of a study that lists its contributors their keys by name.
  let contributorKeys: [String: SigningPublicKey]?
  let scheme: Scheme

  /// The key's scheme with what it computes.
  enum Scheme: Sendable {
    case bfv(BFVSums)
    case paillier(PaillierSums)
  }

  /// log2 of what may go wrong in each of the two ways.
  public static let statisticalLog2 = -40.0

  /// The fingerprint of an encoded encryption key, which a study fixes.
  public static func fingerprint(_ encodedKey: [UInt8]) -> [UInt8] {
    SHA256.hash(Array("hitoku sum encryption key 1".utf8) + encodedKey)
  }

  /// The plan for a BFV study. Throws `wrongEncryptionKey` for another key than the study's, `invalidStudy` where vector, sums
  /// or noise do not fit the parameter set.
  public init(_ study: SumStudy, key: BFV.PublicKey) throws(SumError) {
    guard case .bfv(let name) = study.scheme, key.parameters.literal.name == name else {
      throw .wrongEncryptionKey
    }
    let layout = try SumLayout(study)
    try self.init(study, layout, key.encoded()) { () throws(SumError) in
      .bfv(try BFVSums(study, layout, key: key))
    }
  }

  /// The plan for a Paillier study. Throws likewise.
  public init(_ study: SumStudy, key: Paillier.PublicKey) throws(SumError) {
    guard case .paillier(let form) = study.scheme else { throw .wrongEncryptionKey }
    let layout = try SumLayout(study)
    try self.init(study, layout, key.encoded()) { () throws(SumError) in
      guard layout.count <= SumLayout.largestCount else {
        throw .invalidStudy(.tooManyValues(layout.count, maximum: SumLayout.largestCount))
      }
      guard let sums = PaillierSums(study, layout, key: key, form: form) else {
        throw .invalidStudy(.mightWrap(column: study.column(of: layout.blocks[0].kind)))
      }
      return .paillier(sums)
    }
  }

  /// Reads a contributor's copy of the encryption key; `parameters` are those of the set that a BFV study names. Throws
  /// `wrongEncryptionKey` and what the others throw.
  public init(_ study: SumStudy, encodedKey: [UInt8], parameters: Parameters?) throws(SumError) {
    do {
      switch study.scheme {
      case .bfv:
        guard let parameters else { throw SumError.wrongEncryptionKey }
        try self.init(study, key: try BFV.PublicKey(decoding: encodedKey, parameters: parameters))
      case .paillier: try self.init(study, key: try Paillier.PublicKey(decoding: encodedKey))
      }
    } catch let error as SumError { throw error } catch { throw .wrongEncryptionKey }
  }

  private init(
    _ study: SumStudy, _ layout: SumLayout, _ encodedKey: [UInt8],
    _ scheme: () throws(SumError) -> Scheme
  ) throws(SumError) {
    guard Self.fingerprint(encodedKey) == study.keys.encryptionKey else { throw .wrongEncryptionKey }
    self.scheme = try scheme()
    self.study = study
    self.layout = layout
    self.encodedKey = encodedKey
    studyDigest = study.digest
    if case .listed(let contributors) = study.contributors {
      contributorKeys = Dictionary(uniqueKeysWithValues: contributors.map { ($0.name, $0.key) })
    } else {
      contributorKeys = nil
    }
  }

  /// log2 of the statistical distance of a release from one that depends on the sums alone: at most −40.
  public var distanceLog2: Double {
    switch scheme {
    case .bfv(let sums): sums.distanceLog2
    // Randomness modulo n is drawn 128 bits wider.
    case .paillier(let sums):
      -128 + Double(sums.ciphertextCount.bitWidth - sums.ciphertextCount.leadingZeroBitCount)
    }
  }

  /// log2 of the probability that a release decrypts wrongly: at most −40, and −∞ under Paillier.
  public var failureLog2: Double {
    switch scheme {
    case .bfv(let sums): sums.failureLog2
    case .paillier: -.infinity
    }
  }

  /// log2 of the room of a value over the widest span of a released one: above zero, no sum within its bounds wraps.
  public var headroomBits: Double {
    switch scheme {
    case .bfv(let sums): sums.headroomBits(span: layout.largestSpan)
    case .paillier(let sums): sums.headroomBits(span: layout.largestSpan)
    }
  }
}
