import BFV
import ParameterFiles
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: ["bench-n4096", "bench-n8192"])
  func decryptInvertsEncrypt(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let key = SecretKey(parameters)
    let t = parameters.plaintextModulus.words[0]
    let slots = (0..<parameters.degree).map { _ in UInt64.random(in: 0..<t, using: &random) }
    let plaintext = try Plaintext(slots: slots, parameters: parameters)
    let secret = key.encrypt(plaintext)
    let opened = key.decrypt(secret)
    #expect(opened == plaintext, "seed \(random.seed)")
    #expect(try opened.slots(parameters) == slots, "seed \(random.seed)")
    let publicKey = key.makePublicKey()
    let sealed = publicKey.encrypt(plaintext)
    #expect(key.decrypt(sealed) == plaintext, "seed \(random.seed)")
    print(key.noiseBudget(secret), secret.noiseBudgetBound, key.noiseBudget(sealed), sealed.noiseBudgetBound)
    let other = (0..<parameters.degree).map { _ in UInt64.random(in: 0..<t, using: &random) }
    let second = publicKey.encrypt(try Plaintext(slots: other, parameters: parameters))
    var product = try Ciphertext.product(sealed, second)
    let expected = zip(slots, other).map { ($0 * $1) % t }
    #expect(try key.decrypt(product).slots(parameters) == expected, "seed \(random.seed)")
    print(key.noiseBudget(product), product.noiseBudgetBound)
    let relin = try key.makeRelinearizationKey()
    product.relinearize(with: relin)
    #expect(try key.decrypt(product).slots(parameters) == expected, "seed \(random.seed)")
    print(key.noiseBudget(product), product.noiseBudgetBound)
    let keys = try key.makeGaloisKeys([parameters.rotation(by: 1), parameters.rowSwap])
    var rotated = sealed
    try rotated.rotateRows(by: 1, with: keys)
    let half = parameters.degree / 2
    let turned = (0..<2).flatMap { r in (0..<half).map { slots[r * half + ($0 + 1) % half] } }
    #expect(try key.decrypt(rotated).slots(parameters) == turned, "seed \(random.seed)")
    print(key.noiseBudget(rotated), rotated.noiseBudgetBound)
    var down = product
    try down.switchDown()
    #expect(try key.decrypt(down).slots(parameters) == expected, "seed \(random.seed)")
    print(key.noiseBudget(down), down.noiseBudgetBound)
    var last = sealed
    try last.switchDown(to: 1)
    let answer = try last.answer(.all)
    #expect(last.answerDecrypts)
    #expect(try key.decrypt(answer) == plaintext)
    print(
      try answer.encoded(parameters).count, sealed.encoded().count,
      key.encryptSeeded(plaintext).encoded().count)
  }
}
