import BFV
import BigIntegers
import ParameterFiles
import TestSupport
import Testing

/// The sets for slots: products to the documented depth, then a rotated, summed and rounded answer.
@Suite struct ProductTreeSetTests {
  static let names =
    Workload.sets("bench-", kind: "product-tree") + Workload.sets("general-", kind: "product-tree")

  @Test func allGeneralSetsStateADepth() {
    #expect(Self.names == ParameterFiles.names.filter { $0.hasPrefix("bench-") || $0.hasPrefix("general-") })
  }

  /// Squares are a product tree at its worst: all leaves are the same encryption.
  @Test(arguments: names)
  func productsDecryptAtTheDocumentedDepth(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let depth = try #require(try Workload.named(name).depth)
    let key = SecretKey(parameters)
    let relinearizationKey = try key.makeRelinearizationKey()
    var slots = random.residues(parameters)
    var power = key.makePublicKey().encrypt(try Plaintext(slots: slots, parameters: parameters))
    for step in 1...depth {
      power = try power.squared()
      power.relinearize(with: relinearizationKey)
      slots = slotwise(slots, slots, parameters) { $0 * $1 }
      #expect(power.noiseBudgetBound >= 1, "\(name), depth \(step)")
      guard step == depth || step % 5 == 1 else { continue }
      #expect(Noise.slack(power, key) >= 0, "\(name), depth \(step)")
      #expect(
        try key.decrypt(power).slots(parameters) == slots, "\(name), depth \(step), seed \(random.seed)")
    }
    #expect(power.answerDecrypts)
    let answer = try Answer(decoding: power.answer(.all).encoded(parameters), parameters: parameters)
    #expect(try key.decrypt(answer).slots(parameters) == slots, "\(name), seed \(random.seed)")
  }

  @Test(arguments: names)
  func freshCiphertextsRotateAndSwitchDownToTheLastPrime(name: String) throws {
    var random = SeededGenerator()
    let parameters = try ParameterFiles.parameters(named: name)
    let key = SecretKey(parameters)
    let keys = try key.makeGaloisKeys([parameters.rotation(by: -3)])
    let slots = random.residues(parameters)
    let upload = key.encryptSeeded(try Plaintext(slots: slots, parameters: parameters)).encoded()
    var ciphertext = try SeededCiphertext(decoding: upload, parameters: parameters).expanded()
    try ciphertext.rotateRows(by: -3, with: keys)
    try ciphertext.switchDown(to: 1)
    #expect(ciphertext.answerDecrypts)
    let answer = try ciphertext.answer(.all)
    #expect(
      try key.decrypt(answer).slots(parameters) == Reference.rotated(slots, by: -3),
      "\(name), seed \(random.seed)")
  }
}
