import BigIntegers
import Paillier
import PaillierFiles
import Testing

/// Lines of encrypted numbers and the keys they are under; and what is said of them.
@Suite struct KeyNameTests {
  @Test func numbersUnderAnotherKeyAreRefused() throws {
    let key = PrivateKey.generate(.bits2048), other = PrivateKey.generate(.bits2048)
    let encryptor = Encryptor(classic: other.publicKey), numbers = [Int](repeating: 7, count: 32)
    let text = CiphertextFile.text(of: try encryptor.encrypt(NumberEncoding(other.publicKey).encode(numbers)))
    #expect(throws: PaillierFilesError.atLine(1, .otherKey)) {
      try CiphertextFile.lines(text, key: key.publicKey)
    }
    #expect(throws: PaillierFilesError.atLine(1, .otherKey)) {
      try CiphertextFile.numbers(text, key: key.publicKey)
    }
    // python-paillier's lines do not say so: they are out of range, or decrypt to garbage that is.
    let fingerprint = CiphertextFile.fingerprint(of: other.publicKey)
    let nameless = String(decoding: text, as: UTF8.self).replacing(", \"k\": \"\(fingerprint)\"", with: "")
    for line in nameless.split(separator: "\n") {
      let error = #expect(throws: PaillierFilesError.self) {
        try CiphertextFile.lines(Array(line.utf8), key: key.publicKey).decrypted(with: key)
      }
      let expected: [PaillierFilesError] = [
        .implausible, .rejected(.overflow(index: 0)), .rejected(.ciphertextOutOfRange(index: 0)),
      ]
      #expect(error.map { expected.contains($0.cause) } == true, "\(String(describing: error))")
    }
  }

  @Test func largeNumbersWithoutAKeyAreTakenWhereTheirBoundSaysSo() throws {
    let key = PrivateKey.generate(.bits2048), publicKey = key.publicKey
    let large = publicKey.maximumMagnitude - 5
    let encoded = try NumberEncoding(publicKey).encode(mantissas: [-large], exponent: 0)
    let number = try Encryptor(classic: publicKey).encrypt(encoded, declaring: large)
    func decrypt(_ line: String) throws -> [BigInteger] {
      try CiphertextFile.lines(Array(line.utf8), key: publicKey).decrypted(with: key).map(\.mantissa)
    }
    let head = #"{"v": "\#(number.ciphertexts[0])", "e": 0"#
    #expect(throws: PaillierFilesError.atLine(1, .implausible)) { try decrypt(head + "}") }
    #expect(throws: PaillierFilesError.atLine(1, .implausible)) {
      try decrypt(head + #", "b": "\#(large - 1)"}"#)
    }
    #expect(try decrypt(head + #", "b": "\#(large)"}"#) == [-large])
    #expect(try decrypt(head + #", "k": "\#(CiphertextFile.fingerprint(of: publicKey))"}"#) == [-large])
  }

  @Test func errorsAreSentences() {
    #expect(
      "\(PaillierFilesError.rejected(.invalidKey(.modulus, .tooShort(bits: 1024))))"
        == "the key's n has 1024 bits, fewer than 2048")
    #expect("\(PaillierFilesError.atLine(3, .otherKey))" == "line 3: this number was made under another key")
    #expect("\(PaillierError.valueOutOfRange(index: 1))".hasPrefix("number 2: "))
    #expect(
      "\(PaillierFilesError.atLine(9, .rejected(.overflow(index: 1))))".hasPrefix("line 9: the decrypted"))
  }
}
