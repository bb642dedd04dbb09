import BFV
import EncryptedSum
import ParameterFiles
import Primitives
import Secrets

/// The parties of one study, with keys.
struct Fixture: ~Copyable {
  let analyst = SigningKey()
  let provider = SigningKey()
  let auditor = SigningKey()
  let secret: SecretKey
  let publicKey: BFV.PublicKey

  init(set: String = "sum-n4096") throws {
    secret = SecretKey(try ParameterFiles.parameters(named: set))
    publicKey = secret.makePublicKey()
  }

  /// Wages by sex and branch, with every kind of question.
  borrowing func study(
    limits: SumLimits = SumLimits(minimumContributors: 2, maximumContributors: 50, maximumRows: 100),
    contributors: SumStudy.Contributors = .invited, privacy: SumPrivacy? = nil, fields: [SumField]? = nil,
    categories: [SumCategory]? = nil, questions: SumQuestions? = nil
  ) throws(SumError) -> SumStudy {
    try SumStudy(
      title: "Wages", scheme: .bfv(parameterSet: publicKey.parameters.literal.name),
      fields: fields ?? [
        SumField(column: "wage", decimals: 1, minimum: 0, maximum: 1_000, edges: [200, 500]),
        SumField(column: "balance", minimum: -500, maximum: 300),
      ],
      categories: categories ?? [
        SumCategory(column: "sex", labels: ["f", "m"]),
        SumCategory(column: "branch", labels: ["a", "b", "c"]),
      ],
      questions: questions
        ?? SumQuestions(
          products: [ColumnPair(0, 1)], groups: [ColumnPair(0, 0)], tables: [ColumnPair(0, 1)]),
      limits: limits, period: SumPeriod(opening: 1_000, closing: 2_000), contributors: contributors,
      keys: keys(), privacy: privacy)
  }

  borrowing func keys() -> SumKeys {
    SumKeys(
      analyst: analyst.publicKey, provider: provider.publicKey, auditor: auditor.publicKey,
      encryptionKey: SumPlan.fingerprint(publicKey.encoded()))
  }

  static func secret(_ byte: UInt8) -> SecretBytes {
    unsafe SecretBytes(count: SumSeeds.byteCount) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = byte &+ UInt8(index) }
    }
  }

  /// A contributor with a key that follows from its name.
  static func contributor(_ name: String) -> ListedParty { ListedParty(name) }

  static func seeds(_ provider: UInt8 = 1, _ auditor: UInt8 = 9) throws -> SumSeeds {
    try SumSeeds(provider: secret(provider), auditor: secret(auditor))
  }
}

/// A contributor that a study lists, with its key.
final class ListedParty: Sendable {
  let name: String
  let key: SigningKey

  init(_ name: String) {
    self.name = name
    let digest = SHA256.hash(Array(name.utf8))
    let seed = unsafe SecretBytes(count: digest.count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = digest[index] }
    }
    key = SigningKey(seed: seed) ?? SigningKey()
  }

  var listed: SumContributor { SumContributor(name: name, key: key.publicKey) }
}

/// Rows within the bounds of the fixture's study.
func randomRows(_ count: Int, using generator: inout some RandomNumberGenerator) -> [SumRow] {
  (0..<count).map { _ in
    SumRow(
      values: [.random(in: 0...1_000, using: &generator), .random(in: -500...300, using: &generator)],
      labels: [.random(in: 0..<2, using: &generator), .random(in: 0..<3, using: &generator)])
  }
}
