import BFV
import EncryptedSum
import ParameterFiles
import Primitives
import Secrets
import Testing

/// An auditor's processor may be another than the provider's: the released bytes are the same on all of them. `Scripts/test`
/// runs this on every code path.
@Suite struct KnownReleaseTests {
  /// SHA-256 of the release of three encryptions of zero from fixed streams under a fixed key, with fixed seeds.
  @Test(arguments: [
    (
      "sum-n4096",
      "c6 64 48 71 94 8b 83 d5 f9 a3 23 51 36 42 e9 c3 40 14 e1 7c 85 0 d1 2d df 9f 90 2b 6d 8c 8d 44"
    ),
    (
      "sum-n8192",
      "d1 7 5d 2b e1 6c 21 18 da 26 97 b7 59 ba c 34 88 c2 87 87 60 c3 76 23 e4 62 2c 1 e7 55 1d f1"
    ),
  ])
  func releaseIsTheSameBytesOnEveryProcessor(set: String, digest: String) throws {
    let parameters = try ParameterFiles.parameters(named: set)
    // Header and digest of a real key, then a seed and residues that are what no key has, but are residues.
    let header = SecretKey(parameters).makePublicKey().encoded()
    let bytes =
      header.prefix(36) + [UInt8](repeating: 5, count: 32)
      + [UInt8](repeating: 0x11, count: header.count - 68)
    let key = try PublicKey(decoding: Array(bytes), parameters: parameters)
    let parties = try Fixture()
    let study = try SumStudy(
      title: "Known", scheme: .bfv(parameterSet: set),
      fields: [SumField(column: "x", minimum: 0, maximum: 1)],
      limits: SumLimits(minimumContributors: 2, maximumContributors: 1_000, maximumRows: 1),
      period: SumPeriod(opening: 0, closing: 1),
      keys: SumKeys(
        analyst: parties.analyst.publicKey, provider: parties.provider.publicKey,
        auditor: parties.auditor.publicKey, encryptionKey: SumPlan.fingerprint(key.encoded())))
    let plan = try SumPlan(study, key: key)
    var aggregate = SumAggregate()
    for number in 0..<3 as Range<UInt64> {
      var stream = RandomStream(key: Fixture.secret(3), stream: number)
      aggregate.add(try plan.ciphertext(key.encryptZero(from: &stream).encoded()))
    }
    let release = try plan.release(aggregate, seeds: Fixture.seeds())
    #expect(SHA256.hash(release).map { String($0, radix: 16) }.joined(separator: " ") == digest)
  }
}
