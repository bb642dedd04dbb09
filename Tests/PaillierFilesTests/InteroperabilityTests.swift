import BigIntegers
import Foundation
import Paillier
import PaillierFiles
import Secrets
import Testing

/// Both directions against python-paillier itself.
@Suite(
  .enabled(
    if: PythonPaillier.isInstalled, "python-paillier is neither installed nor to be had: pip install phe"))
struct InteroperabilityTests {
  private let values: [Double] = [0, 17, -5, 3.25, -1e-9, 1e6, -0.1, 123456.789]

  @Test func pythonUsesOurKeysAndWeReadItsNumbers() throws {
    let text = KeyFile.text(of: PrivateKey.generate(.bits2048), comment: "made \"here\"")
    let object = try object(text)
    let key = try KeyFile.privateKey(text)
    // Python encrypts for our key; integers and floats come with exponents of their own.
    let theirs = try PythonPaillier.ask(["key": object, "encrypt": values.map { $0 as Any } + [-42]])
    let numbers = try CiphertextFile.numbers(try lines(theirs), key: key.publicKey)
    let decrypted = try key.decrypt(numbers).map(\.double)
    #expect(decrypted == values + [-42])
    // It decrypts ours.
    let encoded = try NumberEncoding(key.publicKey).encode(values)
    for ours in [
      try Encryptor(classic: key.publicKey).encrypt(encoded),
      try EncryptedNumbers(
        OwnerEncryptor(key).encrypt(encoded.residues), exponent: encoded.exponent, bound: encoded.bound),
    ] {
      let answer = try PythonPaillier.ask([
        "key": object, "decrypt": try objects(CiphertextFile.text(of: ours)),
      ])
      #expect((answer as? [NSNumber])?.map(\.doubleValue) == values)
    }
    // It adds what both encrypted.
    let ours = try objects(CiphertextFile.text(of: Encryptor(classic: key.publicKey).encrypt(encoded)))
    let all = try #require(theirs as? [Any]) + ours
    let sum = try PythonPaillier.ask(["key": object, "sum": all])
    let read = try CiphertextFile.numbers(try lines([sum]), key: key.publicKey)
    let total = try #require(try key.decrypt(read)[0].double)
    #expect(abs(total - (2 * values.reduce(0, +) - 42)) < 1e-6)
  }

  @Test func weUsePythonsKeysAndItReadsOurSums() throws {
    let object = try #require(try PythonPaillier.ask(["generate": 2048]) as? [String: Any])
    let text = secret(try JSONSerialization.data(withJSONObject: object))
    let publicKey = try KeyFile.publicKey(text), key = try KeyFile.privateKey(text)
    #expect(key.publicKey == publicKey)
    // It encrypts, we add, it decrypts.
    let theirs = try PythonPaillier.ask(["key": object, "encrypt": values])
    let numbers = try CiphertextFile.numbers(try lines(theirs), key: publicKey)
    let encoded = try NumberEncoding(publicKey).encode(values, exponent: numbers.exponent)
    let own = try Encryptor(classic: publicKey).encrypt(encoded)
    let sum = try own.sum().adding(numbers.sum())
    let answer = try PythonPaillier.ask(["key": object, "decrypt": try objects(CiphertextFile.text(of: sum))])
    let total = try #require((answer as? [NSNumber])?.first?.doubleValue)
    #expect(abs(total - 2 * values.reduce(0, +)) < 1e-6)
    // And we decrypt with its key.
    #expect(try key.decrypt(numbers).map(\.double) == values)
    // What we write of its key, it reads.
    let again = try self.object(KeyFile.text(of: key, comment: ""))
    let ours = try objects(CiphertextFile.text(of: own))
    let decrypted = try PythonPaillier.ask(["key": again, "decrypt": ours])
    #expect((decrypted as? [NSNumber])?.map(\.doubleValue) == values)
  }

  private func object(_ text: borrowing SecretBytes) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(array(text)))
  }

  private func objects(_ text: [UInt8]) throws -> [Any] {
    try text.split(separator: 0x0A).map { try JSONSerialization.jsonObject(with: Data($0)) }
  }

  private func lines(_ answer: Any) throws -> [UInt8] {
    let objects = try #require(answer as? [Any])
    return try objects.flatMap { try Array(JSONSerialization.data(withJSONObject: $0)) + [0x0A] }
  }
}

func secret(_ data: some Collection<UInt8>) -> SecretBytes {
  unsafe SecretBytes(count: data.count) { target in
    for (i, byte) in data.enumerated() { unsafe target[i] = byte }
  }
}

func array(_ text: borrowing SecretBytes) -> [UInt8] {
  unsafe text.withUnsafeBufferPointer { unsafe Array($0) }
}
