import BFV
import ParameterFiles

/// Parameter files; a small set that is accepted must serve every operation without a trap.
enum ParameterFileRun {
  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let file = try? ParameterFile(decoding: input) else { return .refused }
    // The tables of large sets take too long here.
    guard file.literal.degree <= 2048 else { return .accepted }
    guard let parameters = try? Parameters(insecure: file.literal) else { return .refused }
    let secure = try? file.checked()
    try FuzzFinding.unless(secure == nil || secure?.digest == parameters.digest, "one file makes one set")
    do throws(BFVError) { try use(parameters) } catch { return .refused }
    return .accepted
  }

  private static func use(_ parameters: Parameters) throws(BFVError) {
    let key = FuzzSet.key(parameters)
    let plaintext = try Plaintext(coefficients: [1], parameters: parameters)
    let seeded = try SeededCiphertext(
      decoding: key.encryptSeeded(plaintext).encoded(), parameters: parameters)
    var ciphertext = try Ciphertext.product(seeded.expanded(), key.makePublicKey().encrypt(plaintext))
    if parameters.literal.specialModulus != nil {
      ciphertext.relinearize(with: try key.makeRelinearizationKey())
      try ciphertext.rotateRows(by: 1, with: key.makeGaloisKeys([parameters.rotation(by: 1)]))
    }
    try ciphertext.switchDown(to: 1)
    _ = key.decrypt(ciphertext)
    _ = key.noiseBudget(ciphertext)
    if parameters.hasSlots { _ = try Plaintext(slots: [1], parameters: parameters).slots(parameters) }
    if parameters.literal.answerBits != nil, ciphertext.polynomialCount == 2 {
      _ = try key.decrypt(ciphertext.answer(.constant))
    }
  }
}
