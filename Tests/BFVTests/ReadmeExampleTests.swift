import BFV
import ParameterFiles
import Testing

@Suite struct ReadmeExampleTests {
  /// The code of the README's first screen.
  @Test func theReadmesExampleComputesWhatItSays() throws {
    let parameters = try ParameterFiles.parameters(named: "bench-n8192")

    let key = SecretKey(parameters)
    let upload = key.encryptSeeded(try Plaintext(slots: [3, 0, 7], parameters: parameters)).encoded()
    let galoisKeys = try key.makeGaloisKeys(parameters.slotSum).encoded()

    let keys = try GaloisKeys(decoding: galoisKeys, parameters: parameters)
    var ciphertext = try SeededCiphertext(decoding: upload, parameters: parameters).expanded()
    ciphertext.multiply(by: try Plaintext(slots: [10, 25, 4], parameters: parameters))
    try ciphertext.sumSlots(with: keys)
    try ciphertext.switchDown(to: 1)
    let answer = try ciphertext.answer(.all).encoded(parameters)

    let opened = try key.decrypt(Answer(decoding: answer, parameters: parameters))
    #expect(try opened.slots(parameters)[0] == 58)
  }
}
