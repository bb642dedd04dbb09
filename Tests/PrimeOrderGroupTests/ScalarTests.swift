import PrimeOrderGroup
import Secrets
import TestSupport
import Testing

@Suite struct ScalarTests {
  @Test func elementsFormAModuleOverTheScalars() throws {
    var random = SeededGenerator()
    for _ in 0..<20 {
      let (a, b) = (random.scalar(), random.scalar())
      let (p, q) = (GroupElement(mapping: random.bytes(64)), GroupElement(mapping: random.bytes(64)))
      #expect(p.multiplied(by: a + b) == p.multiplied(by: a) + p.multiplied(by: b), "seed \(random.seed)")
      #expect(p.multiplied(by: a - b) == p.multiplied(by: a) - p.multiplied(by: b), "seed \(random.seed)")
      #expect(p.multiplied(by: a * b) == p.multiplied(by: b).multiplied(by: a), "seed \(random.seed)")
      #expect((p + q).multiplied(by: a) == p.multiplied(by: a) + q.multiplied(by: a), "seed \(random.seed)")
      #expect(p + q == q + p && p - p == .identity && -p + p == .identity, "seed \(random.seed)")
    }
  }

  @Test func secretScalarsComputeLikePublicOnes() throws {
    var random = SeededGenerator()
    for _ in 0..<20 {
      let (a, b, c) = (random.scalar(), random.scalar(), random.scalar())
      let secretA = try secret(a)
      let secretB = try secret(b)
      let p = GroupElement(mapping: random.bytes(64))
      #expect(p.multiplied(by: secretA) == p.multiplied(by: a), "seed \(random.seed)")
      #expect(p.multiplied(by: secretA).multiplied(by: secretA.inverted()) == p, "seed \(random.seed)")
      #expect(
        p.multiplied(by: secretA.multiplied(by: secretB)) == p.multiplied(by: a * b), "seed \(random.seed)")
      #expect(secretA.response(to: c, nonce: secretB) == b - c * a, "seed \(random.seed)")
      #expect(
        GroupElement.generator(multipliedBy: secretA) == .generator.multiplied(by: a), "seed \(random.seed)")
      let isSame = constantTimeEquals(secretA.encoded(), secretBytes(a.bytes))
      #expect(isSame, "seed \(random.seed)")
    }
  }

  @Test func wideReductionIsModuloTheOrder() throws {
    // 2^256 mod ℓ by doubling.
    var power = try scalar(1)
    for _ in 0..<256 { power = power + power }
    let zeros = [UInt8](repeating: 0, count: 31)
    #expect(GroupScalar(reducing: [0] + zeros + [1] + zeros) == power)
  }

  @Test func randomScalarsDiffer() {
    let p = GroupElement.generator(multipliedBy: .random())
    #expect(p != GroupElement.generator(multipliedBy: .random()) && p != .identity)
    let blinds = SecretScalars.random(count: 100)
    let generators = GroupElements((0..<100).map { _ in GroupElement.generator })
    #expect(Set(generators.multiplied(by: blinds)).count == 100)
  }

  /// RFC 9380, appendix K.3.
  @Test func expandedMessagesAreThePublishedOnes() throws {
    let tag = try DomainSeparationTag(Array("QUUX-V01-CS02-with-expander-SHA512-256".utf8))
    let long = Array("q128_".utf8) + [UInt8](repeating: UInt8(ascii: "q"), count: 128)
    let longer = Array("a512_".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 512)
    let short = [
      ([], "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba"),
      (Array("abc".utf8), "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc"),
      (Array("abcdef0123456789".utf8), "087e45a86e2939ee8b91100af1583c4938e0f5fc6c9db4b107b83346bc967f58"),
      (long, "7336234ee9983902440f6bc35b348352013becd88938d2afec44311caf8356b3"),
      (longer, "57b5f7e766d5be68a6bfe1768e3c2b7f1228b3e4b3134956dd73a59b954c66f4"),
    ]
    for (message, expected) in short {
      #expect(expandMessage(message, tag: tag, byteCount: 32) == bytes(hex: expected))
    }
    let expected = """
      41b037d1734a5f8df225dd8c7de38f851efdb45c372887be655212d07251b921b052b62eaed99b46f72f2ef4cc96bfaf
      254ebbbec091e1a3b9e4fb5e5b619d2e0c5414800a1d882b62bb5cd1778f098b8eb6cb399d5d9d18f5d5842cf5d13d7e
      b00a7cff859b605da678b318bd0e65ebff70bec88c753b159a805d2c89c55961
      """
    #expect(expandMessage([], tag: tag, byteCount: 128) == bytes(hex: expected))
  }
}
