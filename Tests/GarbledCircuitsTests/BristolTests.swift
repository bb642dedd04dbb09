import GarbledCircuits
import TestSupport
import Testing

@Suite struct BristolTests {
  private func read(_ text: String) throws -> Circuit { try Circuit(bristolFashion: Array(text.utf8)) }

  @Test func everyGateOfTheFormatIsRead() throws {
    // out = (a ∧ b) ⊕ 1, ¬a, a, a ∧ b, b ∧ a, 1 ⊕ a
    let circuit = try read(
      """
      8 11
      2 1 1
      2 3 3

      2 1 0 1 2 AND
      1 1 1 3 EQ
      1 1 2 4 EQW
      2 1 4 3 5 XOR
      1 1 0 6 INV
      1 1 0 7 EQW
      4 2 0 1 1 0 8 9 MAND
      2 1 3 0 10 XOR
      """)
    #expect(circuit.inputWidths == [1, 1])
    #expect(circuit.outputWidths == [3, 3])
    for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
      #expect(circuit.evaluate([a, b]) == [!(a && b), !a, a, a && b, a && b, !a])
    }
  }

  @Test(arguments: [
    "", "x", "1", "1 3\n2 1 1\n1 1\n", "1 3\n2 1 1\n1 1\n\n2 1 0 1 2", "1 3\n2 1 1\n1 1\n\n2 1 0 1 2 NAND\n",
    "1 3\n2 1 1\n1 1\n\n2 1 0 2 2 AND\n", "1 3\n2 1 1\n1 1\n\n2 1 0 1 3 AND\n",
    "1 3\n2 1 1\n1 1\n\n2 1 0 1 1 AND\n", "1 3\n2 1 1\n1 1\n\n2 1 0 1 2 AND\n2 1 0 1 2 AND\n",
    "1 3\n3 1 1\n1 1\n\n2 1 0 1 2 AND\n", "1 3\n2 1 9\n1 1\n\n2 1 0 1 2 AND\n",
    "1 3\n2 1 1\n1 0\n\n2 1 0 1 2 AND\n", "1 4\n2 1 1\n1 1\n\n2 1 0 1 2 AND\n",
    "1 3\n2 1 1\n1 1\n\n1 1 2 2 EQ\n", "1 3\n2 1 1\n1 1\n\n99999999999 1 0 1 2 AND\n",
    "1 3\n2 1 1\n1 1\n\n3 1 0 1 0 2 MAND\n",
  ])
  func malformedFilesAreRefused(text: String) {
    #expect(throws: GarbledCircuitsError.self) { try read(text) }
  }

  @Test func filesThatPromiseTooMuchAreRefusedBeforeMemoryIsTaken() {
    #expect(throws: GarbledCircuitsError.circuitTooLarge) { try read("16777217 10\n1 1\n1 1\n") }
    #expect(throws: GarbledCircuitsError.circuitTooLarge) { try read("1 9999999999\n1 1\n1 1\n") }
  }

  /// Sizes that no text of this length can have are refused before memory is taken for them.
  @Test(arguments: [
    "16777216 16777218\n2 1 1\n1 1\n\n2 1 0 1 2 AND\n", "3 5\n2 1 1\n1 1\n\n2 1 0 1 2 AND\n",
    "1 33554432\n1 33554431\n1 1\n\n1 1 0 33554431 INV\n", "1 1048578\n1 1048577\n1 1\n\n1 1 0 1048577 INV\n",
    "1 33554432\n2 1 1\n1 1\n\n2 1 0 1 33554431 AND\n",
  ])
  func sizesBeyondTheTextAreRefused(text: String) {
    #expect(throws: GarbledCircuitsError.circuitTooLarge) { try read(text) }
  }

  @Test func theLargestInputIsReadAndTooManyRowsOfItAreRefused() throws {
    let circuit = try read("1 1048577\n1 1048576\n1 1\n\n1 1 7 1048576 INV\n")
    #expect(circuit.inputCount == Circuit.maximumFileInputs)
    #expect(throws: GarbledCircuitsError.circuitTooLarge) { try CircuitPlan(circuit, rows: 64) }
    #expect(try CircuitPlan(circuit, rows: 63).rows == 63)
  }

  @Test func theDigestIsOfGatesNegationsAndOutputs() throws {
    let head = "1 3\n2 1 1\n1 1\n\n"
    let circuits = try [
      head + "2 1 0 1 2 AND\n", head + "2 1 0 1 2 XOR\n", "1 3\n1 2\n1 1\n\n2 1 0 1 2 AND\n",
      "2 4\n2 1 1\n1 1\n\n1 1 0 2 INV\n2 1 2 1 3 AND\n", "2 4\n2 1 1\n1 1\n\n2 1 0 1 2 AND\n1 1 2 3 INV\n",
      "1 3\n2 1 1\n1 1\n\n1 1 0 2 EQ\n", "1 3\n2 1 1\n1 1\n\n1 1 1 2 EQ\n",
    ].map { try read($0).digest }
    #expect(Set(circuits).count == circuits.count)
    #expect(try read(head + "2 1 0 1 2 AND\n").digest == circuits[0])
  }

  /// A 64-bit circuit of sum, difference, product and comparison, through its text.
  @Test func arithmeticOfSixtyFourBitsSurvivesItsTextAndGarbling() throws {
    var random = SeededGenerator()
    for name in ["add", "subtract", "multiply", "less"] {
      let built = GarbledCircuitsTests.circuit([64, 64]) { builder, words in
        switch name {
        case "add": [builder.add(words[0], words[1])]
        case "subtract": [builder.subtract(words[0], words[1])]
        case "multiply": [builder.multiply(words[0], words[1], width: 64)]
        default: [[builder.isLess(words[0], words[1], .unsigned)]]
        }
      }
      let circuit = try Circuit(bristolFashion: built.bristolFashion())
      #expect(circuit.andCount == built.andCount)
      let pairs = (0..<70).map { _ in (random.next(), random.next()) } + [(0, 0), (.max, .max), (0, .max)]
      var dealer = Dealer()
      let outputs = try dealer.run(circuit, pairs.map { bits($0, 64) + bits($1, 64) }, garblerCount: 64)
      for ((a, b), output) in zip(pairs, outputs) {
        let expected: UInt64 =
          switch name {
          case "add": a &+ b
          case "subtract": a &- b
          case "multiply": a &* b
          default: a < b ? 1 : 0
          }
        #expect(number(output) == expected, "\(name) \(a) \(b), seed \(random.seed)")
      }
    }
  }

  @Test func aes128OfBristolOrderGivesThePublishedCiphertext() throws {
    let circuit = try Circuit(bristolFashion: Circuit.aes128().bristolFashion())
    #expect(circuit.andCount == 6400)
    #expect(circuit.inputWidths == [128, 128] && circuit.outputWidths == [128])
    // FIPS 197, appendix C.1, and NIST SP 800-38A, section F.1.1.
    let vectors = [
      (
        "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
        "69c4e0d86a7b0430d8cdb78070b4c55a"
      ),
      (
        "2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a",
        "3ad77bb40d7a3660a89ecaf32466ef97"
      ),
    ]
    var dealer = Dealer()
    let rows = vectors.map { wires(ofNumber: bytes(hex: $0.0)) + wires(ofNumber: bytes(hex: $0.1)) }
    let outputs = try dealer.run(circuit, rows, garblerCount: 128)
    #expect(outputs == vectors.map { wires(ofNumber: bytes(hex: $0.2)) })
  }

  @Test func sha256OfBristolOrderGivesThePublishedDigest() throws {
    let circuit = try Circuit(bristolFashion: SHA256Circuit.make().bristolFashion())
    #expect(circuit.inputWidths == [512, 256] && circuit.outputWidths == [256])
    // FIPS 180-4: one padded block with "abc", and the initial hash value.
    let block = Array("abc".utf8) + [0x80] + [UInt8](repeating: 0, count: 59) + [24]
    let initial = bytes(hex: "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
    var dealer = Dealer()
    let row = wires(ofNumber: block) + wires(ofNumber: initial)
    let expected = wires(
      ofNumber: bytes(hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    #expect(try dealer.run(circuit, [row, row], garblerCount: 512) == [expected, expected])
  }
}

/// The order of the published circuits: a string is one big-endian number, and wire 0 is its lowest bit.
func wires(ofNumber bytes: [UInt8]) -> [Bool] {
  bytes.reversed().flatMap { byte in (0..<8).map { byte >> UInt8($0) & 1 == 1 } }
}
