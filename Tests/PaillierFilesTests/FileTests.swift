import BigIntegers
import Foundation
import Paillier
import PaillierFiles
import Secrets
import TestSupport
import Testing

/// Files as they are written and as they may be forged.
@Suite struct FileTests {
  private static let text: [UInt8] = array(
    KeyFile.text(of: PrivateKey.generate(.bits2048), comment: "kid\\\"\n"))

  private func changed(_ old: String, _ new: String) -> SecretBytes {
    let text = String(decoding: Self.text, as: UTF8.self)
    return secret(Array(text.replacing(old, with: new).utf8))
  }

  /// The base64url text of a field.
  private func field(_ name: String) throws -> String {
    let text = String(decoding: Self.text, as: UTF8.self)
    let rest = text[try #require(text.range(of: "\"\(name)\": \"")).upperBound...]
    return String(rest.prefix { $0 != "\"" })
  }

  @Test func writtenKeysReadBack() throws {
    let key = try KeyFile.privateKey(secret(Self.text))
    #expect(try KeyFile.isPrivate(secret(Self.text)))
    #expect(try KeyFile.publicKey(secret(Self.text)) == key.publicKey)
    let text = KeyFile.text(of: key.publicKey, comment: "x")
    #expect(try KeyFile.publicKey(text) == key.publicKey)
    #expect(try !KeyFile.isPrivate(text))
  }

  @Test func keysOfOlderFilesOpenByLambdaAndMu() throws {
    let p = try field("p"), q = try field("q")
    let old = changed("\"p\": \"\(p)\", \"q\": \"\(q)\", ", "")
    #expect(try KeyFile.privateKey(old).publicKey.n == KeyFile.publicKey(secret(Self.text)).n)
    let mu = try field("mu")
    let wrong = String(decoding: array(old), as: UTF8.self).replacing(
      mu, with: (mu.first == "B" ? "C" : "B") + mu.dropFirst())
    #expect(throws: PaillierFilesError.rejected(.invalidKey(.mu, .doesNotOpen))) {
      _ = try KeyFile.privateKey(secret(wrong.utf8))
    }
  }

  @Test func anOrderThatOnlyFactorsTheModulusIsRefused() throws {
    func text(_ lambda: BigInteger, _ key: PublicKey) -> SecretBytes {
      let bytes = lambda.words.reversed().flatMap { word in
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
      }
      let number = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      let inner = String(decoding: array(KeyFile.text(of: key, comment: "")), as: UTF8.self)
      return secret(#"{"kty": "DAJ", "lambda": "\#(number)", "pub": \#(inner)}"#.utf8)
    }
    // Nine in ten keys have such a factor of p − 1 or q − 1: its powers are as many bases as there are for 1 in l.
    for _ in 0..<20 {
      let key = PrivateKey.generate(.bits2048), publicKey = key.publicKey
      let lambda = key.withOrderBytes { bytes, _ in
        SecretInteger(bigEndian: bytes, wordCount: 32)?.value(variableTime: ()) ?? 0
      }
      guard let l = [3, 5, 7, 11, 13].first(where: { lambda.remainder(dividingBy: $0) == 0 }) else {
        continue
      }
      #expect(try KeyFile.privateKey(text(lambda * 2, publicKey)).publicKey == publicKey)
      #expect(throws: PaillierFilesError.rejected(.invalidKey(.lambda, .doesNotOpen))) {
        _ = try KeyFile.privateKey(text(lambda / BigInteger(Int(l)), publicKey))
      }
      return
    }
    Issue.record("no key with a small factor")
  }

  @Test func orderBesidePrimesMustBeTheKeys() throws {
    let lambda = try field("lambda"), mu = try field("mu")
    func other(_ text: String) -> String { (text.first == "B" ? "C" : "B") + text.dropFirst() }
    for (text, field) in [(lambda, PaillierError.KeyField.lambda), (mu, .mu)] {
      let bytes = array(changed(text, other(text)))
      #expect(throws: PaillierFilesError.rejected(.invalidKey(field, .doesNotOpen))) {
        _ = try KeyFile.privateKey(secret(bytes))
      }
    }
    let alone = array(changed("\"lambda\": \"\(lambda)\", ", ""))
    #expect(throws: PaillierFilesError.missing(field: "lambda")) { _ = try KeyFile.privateKey(secret(alone)) }
  }

  @Test func algorithmsOfPrivateFilesAreChecked() throws {
    let wrong = array(changed("PAI-GN1", "PAI-GN2"))
    #expect(throws: PaillierFilesError.invalid(field: "pub.alg")) {
      _ = try KeyFile.privateKey(secret(wrong))
    }
    let own = array(changed("\"key_ops\": [\"decrypt\"]", "\"alg\": \"RSA\""))
    #expect(throws: PaillierFilesError.invalid(field: "alg")) { _ = try KeyFile.privateKey(secret(own)) }
  }

  @Test func boundsOfSumsSurviveFiles() throws {
    let key = try KeyFile.publicKey(secret(Self.text))
    let line = #"{"v": "5", "e": -2}"# + "\n"
    let read = try CiphertextFile.numbers(Array(line.utf8), key: key)
    #expect(read.bound == BigInteger(1) << EncryptedNumbers.assumedBits)
    let sum = try read.adding(read).adding(read)
    let again = try CiphertextFile.numbers(CiphertextFile.text(of: sum), key: key)
    #expect(again.bound == sum.bound && again.exponent == -2)
    // What an encryptor assumes is not written, only the key.
    let fingerprint = CiphertextFile.fingerprint(of: key)
    #expect(
      CiphertextFile.text(of: read) == Array(#"{"v": "5", "e": -2, "k": "\#(fingerprint)"}"#.utf8) + [0x0A])
    // Declaring less than what is assumed has no effect; too much is refused.
    let small = try CiphertextFile.numbers(Array(#"{"v": "5", "e": 0, "b": "3"}"#.utf8), key: key)
    #expect(small.bound == read.bound)
    let beyond = Array(#"{"v": "5", "e": 0, "b": "\#(key.maximumMagnitude + 1)"}"#.utf8)
    #expect(throws: PaillierFilesError.rejected(.mayOverflow)) {
      try CiphertextFile.numbers(beyond, key: key)
    }
    // Decryption does not look at it.
    #expect(try CiphertextFile.lines(beyond, key: key).ciphertexts.values == [5])
    // Bits, as earlier versions wrote them, are not taken for a bound.
    for bad in ["514", "-1", "\"-1\"", "1e3", "[]", "\"\"", "\"\(String(repeating: "1", count: 1241))\""] {
      let text = Array(#"{"v": "5", "e": 0, "b": \#(bad)}"#.utf8)
      #expect(throws: PaillierFilesError.atLine(1, .invalid(field: "b"))) {
        try CiphertextFile.numbers(text, key: key)
      }
      #expect(try CiphertextFile.lines(text, key: key).exponents == [0])
    }
  }

  @Test func aRunningTotalOfManyFilesStaysExactAndReadable() throws {
    let secret = try KeyFile.privateKey(secret(Self.text)), key = secret.publicKey
    let encryptor = Encryptor(classic: key)
    let one = CiphertextFile.text(of: try encryptor.encrypt(NumberEncoding(key).encode([3])))
    var total = one
    for count in 2...600 {
      let sum = try CiphertextFile.numbers(total, key: key).adding(CiphertextFile.numbers(one, key: key))
      #expect(sum.bound == BigInteger(count) * EncryptedNumbers.assumedBound)
      total = CiphertextFile.text(of: sum)
    }
    let lines = try CiphertextFile.lines(total, key: key)
    #expect(try secret.decrypt(lines.ciphertexts, exponents: lines.exponents).map(\.integer) == [1800])
  }

  @Test func whateverBoundIsWrittenIsRead() throws {
    let key = try KeyFile.publicKey(secret(Self.text))
    for bound in [0, 1, EncryptedNumbers.assumedBound + 1, key.maximumMagnitude - 1, key.maximumMagnitude] {
      let numbers = try EncryptedNumbers(Ciphertexts([5], key: key), exponent: -3, bound: bound)
      let again = try CiphertextFile.numbers(CiphertextFile.text(of: numbers), key: key)
      #expect(again.bound == max(bound, EncryptedNumbers.assumedBound) && again.exponent == -3)
    }
  }

  @Test func blankLinesCountAsLines() throws {
    let key = try KeyFile.publicKey(secret(Self.text)), line = Array(#"{"v": "5", "e": 0}"#.utf8)
    let blank = [UInt8](repeating: 0x0A, count: CiphertextFile.maximumCount - 1)
    #expect(try CiphertextFile.lines(blank + line, key: key).ciphertexts.values == [5])
    #expect(throws: PaillierFilesError.tooManyLines(maximum: CiphertextFile.maximumCount)) {
      try CiphertextFile.lines(blank + [0x0A] + line, key: key)
    }
    #expect(throws: PaillierFilesError.atLine(2, .malformed(at: 5_000))) {
      try CiphertextFile.lines([0x0A] + [UInt8](repeating: 0x20, count: 5_001), key: key)
    }
    let spaced = Array("\n\r\n \t".utf8) + [0x0A] + line + [0x0D, 0x0A]
    #expect(try CiphertextFile.lines(spaced + line, key: key).exponents == [0, 0])
  }

  @Test func filesWithTwoModuliAreRefused() throws {
    let other = PrivateKey.generate(.bits2048)
    let foreign = String(decoding: array(KeyFile.text(of: other.publicKey, comment: "")), as: UTF8.self)
    let start = try #require(foreign.range(of: "\"n\": \"")).upperBound
    let theirs = foreign[start...].prefix { $0 != "\"" }, own = try field("n")
    let doesNotOpen = PaillierFilesError.rejected(.invalidKey(.modulus, .doesNotOpen))
    func with(_ n: Substring) -> [UInt8] {
      array(changed("{\"kty\": \"DAJ\", \"key_ops\"", "{\"kty\": \"DAJ\", \"n\": \"\(n)\", \"key_ops\""))
    }
    #expect(throws: doesNotOpen) { _ = try KeyFile.publicKey(secret(with(theirs))) }
    #expect(throws: doesNotOpen) { _ = try KeyFile.privateKey(secret(with(theirs))) }
    #expect(
      try KeyFile.privateKey(secret(with(own[...]))).publicKey.n == KeyFile.publicKey(secret(Self.text)).n)
    // A public part with nothing private around it.
    let inner = String(decoding: array(KeyFile.text(of: other.publicKey, comment: "")), as: UTF8.self)
    #expect(throws: PaillierFilesError.missing(field: "p")) {
      _ = try KeyFile.publicKey(
        secret(#"{"kty": "DAJ", "alg": "PAI-GN1", "n": "\#(own)", "pub": \#(inner)}"#.utf8))
    }
  }

  @Test func longCommentsAreCut() throws {
    let text = KeyFile.text(
      of: PrivateKey.generate(.bits2048), comment: String(repeating: "x", count: 1 << 20))
    #expect(text.count < 1 << 13)
    _ = try KeyFile.privateKey(text)
  }

  @Test func linesOfMixedExponentsKeepTheirOrder() throws {
    let text = (1...300).map { #"{"v": "\#($0)", "e": \#($0 % 2)}"# + "\n" }.joined()
    let key = try KeyFile.publicKey(secret(Self.text))
    let read = try CiphertextFile.numbers(Array(text.utf8), key: key)
    #expect(read.exponent == 0 && read.count == 300)
    let expected = (1...300).map { i in
      i % 2 == 0 ? BigInteger(i) : BigInteger(i).power(16, modulo: key.square)
    }
    #expect(read.ciphertexts.values == expected)
  }

  @Test func errorsNameTheField() throws {
    let p = try field("p"), q = try field("q"), n = try field("n")
    func refuses(_ text: borrowing SecretBytes, _ error: PaillierFilesError) {
      let bytes = array(text)
      #expect(throws: error) { _ = try KeyFile.privateKey(secret(bytes)) }
    }
    refuses(changed("{\"kty\": \"DAJ\", \"key", "{\"kty\": \"RSA\", \"key"), .invalid(field: "kty"))
    refuses(changed("\"kty\": \"DAJ\", \"key", "\"key"), .missing(field: "kty"))
    refuses(changed("\"kty\": \"DAJ\", \"alg", "\"alg"), .missing(field: "pub.kty"))
    refuses(changed("\"q\": \"\(q)\", ", ""), .missing(field: "q"))
    refuses(changed("\"p\": \"\(p)\"", "\"p\": 17"), .invalid(field: "p"))
    refuses(changed(p, p + "*"), .invalid(field: "p"))
    refuses(changed(p, p + String(repeating: "A", count: 2000)), .invalid(field: "p"))
    refuses(changed("\"n\": \"\(n)\", ", ""), .missing(field: "pub.n"))
    refuses(changed(p, q), .rejected(.invalidKey(.q, .notAFactor)))
    // Another valid key's primes under this public part.
    let other = PrivateKey.generate(.bits2048)
    let foreign = String(decoding: array(KeyFile.text(of: other.publicKey, comment: "")), as: UTF8.self)
    let start = try #require(foreign.range(of: "\"n\": \"")).upperBound
    refuses(
      changed(n, String(foreign[start...].prefix { $0 != "\"" })),
      .rejected(.invalidKey(.modulus, .doesNotOpen)))
    #expect(throws: PaillierFilesError.invalid(field: "pub.alg")) {
      _ = try KeyFile.publicKey(changed("PAI-GN1", "PAI-GN2"))
    }
    #expect(throws: PaillierFilesError.rejected(.invalidKey(.modulus, .tooShort(bits: 8)))) {
      _ = try KeyFile.publicKey(secret(#"{"kty": "DAJ", "alg": "PAI-GN1", "n": "wQ"}"#.utf8))
    }
  }

  @Test func everyTruncationAndEveryChangedByteIsRefusedOrReadsAsAKey() throws {
    var random = SeededGenerator()
    for length in stride(from: 0, to: Self.text.count - 2, by: 37) {
      #expect(throws: PaillierFilesError.self) { _ = try KeyFile.publicKey(secret(Self.text.prefix(length))) }
    }
    for _ in 0..<60 {
      var text = Self.text
      text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      // Typed errors are all it can throw; a crash ends the tests.
      _ = try? KeyFile.publicKey(secret(text))
    }
  }

  @Test func badCiphertextFilesAreRefused() throws {
    let key = try KeyFile.publicKey(secret(Self.text))
    func refuses(_ text: String, _ error: PaillierFilesError) {
      #expect(throws: PaillierFilesError.atLine(1, error)) {
        try CiphertextFile.numbers(Array(text.utf8), key: key)
      }
    }
    #expect(throws: PaillierFilesError.empty) { try CiphertextFile.numbers([], key: key) }
    #expect(throws: PaillierFilesError.empty) { try CiphertextFile.numbers(Array("\n \n".utf8), key: key) }
    refuses(#"{"e": 0}"#, .missing(field: "v"))
    refuses(#"{"v": "5"}"#, .missing(field: "e"))
    refuses(#"{"v": "5x", "e": 0}"#, .invalid(field: "v"))
    refuses(#"{"v": "5", "e": 1.5}"#, .invalid(field: "e"))
    refuses(#"{"v": "5", "e": -99999}"#, .invalid(field: "e"))
    refuses(#"{"v": [5], "e": 0}"#, .invalid(field: "v"))
    refuses(#"{"v": "0", "e": 0}"#, .rejected(.ciphertextOutOfRange(index: 0)))
    refuses(#"{"v": "\#(key.square)", "e": 0}"#, .rejected(.ciphertextOutOfRange(index: 0)))
    refuses(#"{"v": "\#(key.n)", "e": 0}"#, .rejected(.ciphertextNotInvertible(index: 0)))
    refuses(#"{"v": "\#(String(repeating: "9", count: 2501))", "e": 0}"#, .invalid(field: "v"))
    refuses(String(repeating: "[", count: 100), .malformed(at: 8))
    refuses(#"{"v": "5", "v": "6", "e": 0}"#, .malformed(at: 15))
    refuses(#"{"v": "5", "e": 0} x"#, .malformed(at: 19))
    refuses(#"{"v": "5", "e": 0, "k": 7}"#, .invalid(field: "k"))
    refuses(#"{"v": "5", "e": 0, "k": ""}"#, .otherKey)
    // Lines are counted with the blank ones.
    let text = Array("\n{\"v\": \"5\", \"e\": 0}\n\n{\"v\": \"0\", \"e\": 0}\n".utf8)
    #expect(throws: PaillierFilesError.atLine(4, .rejected(.ciphertextOutOfRange(index: 1)))) {
      try CiphertextFile.lines(text, key: key)
    }
  }
}
