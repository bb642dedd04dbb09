import Primitives
import Testing

/// Examples of FIPS 180-4 (NIST "Secure Hash Standard" example values, and the empty message).
@Suite struct HashTests {
  private let short = Array("abc".utf8)
  private let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

  @Test func sha256MatchesThePublishedExamples() {
    #expect(SHA256.hash(short) == hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    #expect(SHA256.hash([]) == hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    let twoBlocks = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
    #expect(SHA256.hash(twoBlocks) == hex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"))
    #expect(SHA256.hash(million) == hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"))
  }

  @Test func sha512MatchesThePublishedExamples() {
    #expect(
      SHA512.hash(short)
        == hex(
          """
          ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
          2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
          """))
    #expect(
      SHA512.hash(million)
        == hex(
          """
          e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb
          de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b
          """))
  }

  @Test func aBatchGivesTheDigestsOfSingleMessages() {
    var batch = SHA256Batch()
    for length in [0, 1, 31, 55, 56, 64, 65, 1000] {
      let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
      var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
      unsafe message.withUnsafeBytes { message in
        unsafe digest.withUnsafeMutableBytes { unsafe batch.hash(message, into: $0) }
      }
      #expect(digest == SHA256.hash(message), "\(length) bytes")
    }
  }
}
