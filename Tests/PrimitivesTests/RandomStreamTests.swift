import Primitives
import Secrets
import TestSupport
import Testing

/// Bytes from hexadecimal digits; white space is skipped.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(16 * digits[$0] + digits[$0 + 1]) }
}

extension RandomStream {
  /// The next `count` bytes.
  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xFF, count: count)
    unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
    return bytes
  }
}

@Suite struct RandomStreamTests {
  private let key = hex("603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4")

  /// NIST SP 800-38A, appendix F.5.5, CTR-AES256.Encrypt.
  @Test func theStreamIsTheKeyStreamOfThePublishedCounterModeVectors() {
    var stream = RandomStream(key: key, counterBlock: hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
    let plaintext = hex(
      """
      6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
      30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
      """)
    let ciphertext = zip(plaintext, stream.bytes(plaintext.count)).map { $0 ^ $1 }
    #expect(
      ciphertext
        == hex(
          """
          601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
          2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6
          """))
  }

  @Test func theCounterBlockIsTheStreamNumberAndAZeroCounter() throws {
    let seed = try #require(Seed(bytes: key))
    var stream = RandomStream(seed: seed, stream: 0x0102_0304_0506_0708)
    var explicit = RandomStream(key: key, counterBlock: hex("0807060504030201 0000000000000000"))
    #expect(stream.bytes(1000) == explicit.bytes(1000))
  }

  @Test func aSecretKeyAndASeedOfTheSameBytesGiveTheSameStream() throws {
    let secret = unsafe SecretBytes(count: 32) { target in
      for (index, byte) in key.enumerated() { unsafe target[index] = byte }
    }
    var secretStream = RandomStream(key: secret, stream: 5)
    var seedStream = RandomStream(seed: try #require(Seed(bytes: key)), stream: 5)
    #expect(secretStream.bytes(333) == seedStream.bytes(333))
  }

  @Test func splitFillsEqualOneFill() throws {
    var generator = SeededGenerator()
    let seed = try #require(Seed(bytes: key))
    for _ in 0..<20 {
      let stream = generator.next()
      var whole = RandomStream(seed: seed, stream: stream)
      var split = RandomStream(seed: seed, stream: stream)
      let counts = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        Int.random(in: 0...100, using: &generator)
      }
      let pieces = counts.flatMap { split.bytes($0) }
      #expect(pieces == whole.bytes(counts.reduce(0, +)), "HITOKU_TEST_SEED=\(generator.seed)")
    }
  }

  @Test func fillsLargerThanOnePieceContinueTheStream() throws {
    let seed = try #require(Seed(bytes: key))
    let count = (3 << 20) + 77
    var whole = RandomStream(seed: seed, stream: 1)
    var split = RandomStream(seed: seed, stream: 1)
    let first = split.bytes(count / 3 + 1)
    #expect(first + split.bytes(count - first.count) == whole.bytes(count))
  }

  @Test func streamsOfOneSeedDiffer() {
    let seed = Seed.random()
    let starts = (0..<100).map { (number: UInt64) in
      var stream = RandomStream(seed: seed, stream: number)
      return stream.bytes(16)
    }
    #expect(Set(starts).count == 100)
  }

  @Test func freshStreamsDiffer() {
    var a = RandomStream.fromSystem()
    var b = RandomStream.fromSystem()
    #expect(a.bytes(16) != b.bytes(16))
  }

  @Test(arguments: [0, 31, 33]) func aSeedHasThirtyTwoBytes(count: Int) {
    #expect(Seed(bytes: [UInt8](repeating: 1, count: count)) == nil)
    #expect(Seed.random() != Seed.random())
  }
}
