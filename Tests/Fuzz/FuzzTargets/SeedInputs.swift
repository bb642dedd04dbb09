import BFV
import ByteCoding

extension FuzzTarget {
  /// Fresh inputs that are accepted, by name: of BFV every format, with both forms, lower levels and three polynomials.
  public func seeds() throws -> [(name: String, input: [UInt8])] {
    switch self {
    case .bfv: try Self.encodings()
    case .parameterFile: Self.parameterFiles.map { ($0.name, Array($0.text.utf8)) }
    case .byteReader: Self.readings()
    case .paillier: try PaillierEncodingRun.seeds()
    case .paillierFile: try PaillierFileRun.seeds()
    case .circuitFile: Self.circuitFiles.map { ($0.name, Array($0.text.utf8)) }
    case .leakRequest: try LeakRequestRun.seeds()
    case .sumDocument: try SumDocumentRun.seeds()
    }
  }

  private static func encodings() throws -> [(name: String, input: [UInt8])] {
    let sets = FuzzSet.all
    let keys = sets.map(\.parameters)
    var seeds: [(name: String, input: [UInt8])] = []
    func add(_ name: String, _ format: EncodingRun.Format, _ set: Int, _ bytes: [UInt8]) {
      seeds.append(("\(name)-\(set)", [format.selector(set: set)] + bytes))
    }
    add("ciphertext", .ciphertext, 0, sets[0].ciphertext.encoded())
    add("ciphertext", .ciphertext, 1, sets[1].ciphertext.encoded())
    var lower = sets[1].product
    try lower.switchDown()
    add("ciphertext-of-three", .product, 1, lower.encoded())
    lower = sets[1].ciphertext
    try lower.switchDown()
    add("ciphertext-evaluated", .evaluatedCiphertext, 1, lower.evaluated().encoded())
    for index in [0, 2] {
      let key = FuzzSet.key(keys[index])
      add("ciphertext-seeded", .seededCiphertext, index, key.encryptSeeded(sets[index].plaintext).encoded())
    }
    add("public-key", .publicKey, 0, FuzzSet.key(keys[0]).makePublicKey().encoded())
    for index in [1, 3] {
      let key = FuzzSet.key(keys[index])
      add("relinearization-key", .relinearizationKey, index, try key.makeRelinearizationKey().encoded())
    }
    let rotation = keys[1].rotation(by: 1)
    add("galois-keys", .galoisKeys, 1, try FuzzSet.key(keys[1]).makeGaloisKeys([rotation]).encoded())
    add("answer", .answer, 0, try sets[0].ciphertext.answer(.constant).encoded(keys[0]))
    add("answer-whole", .answer, 1, try sets[1].ciphertext.answer(.all).encoded(keys[1]))
    add("answer-of-three", .answer, 1, try sets[1].product.answer(.constant).encoded(keys[1]))
    add("answer", .answer, 2, try sets[2].ciphertext.answer(.constant).encoded(keys[2]))
    return seeds
  }

  /// A file with all fields but the special modulus, and one with all of them.
  private static let parameterFiles: [(name: String, text: String)] = [
    (
      "one-prime",
      """
      {"format": 1, "name": "one-prime", "purpose": "fuzz", "degree": 1024, "plaintextModulus": "0x3001",
       "coefficientModuli": ["0x3fff001"], "specialModulus": null, "digitBits": null, "uploadDroppedBits": 0,
       "answerBits": {"c0": 18, "c1": 24},
       "noise": {"marginBits": 1.5, "failureProbabilityLog2": -40, "model": ""}}
      """
    ),
    (
      "all-fields",
      """
      {"format": 1, "name": "all-fields", "purpose": "fuzz", "degree": 1024, "plaintextModulus": "4",
       "coefficientModuli": ["0xf001", "0x4801"], "specialModulus": "0x1d801", "digitBits": 9,
       "uploadDroppedBits": 3, "answerBits": {"c0": 8, "c1": 12, "c2": 16},
       "security": {"classicalBits": 128, "log2q": 26.0, "limit": 26, "source": ""}, "workload": {"kind": ""},
       "noise": {"marginBits": 2, "failureProbabilityLog2": -40.0, "model": ""}}
      """
    ),
  ]

  /// Every gate of the format, and an addition of two bits.
  private static let circuitFiles: [(name: String, text: String)] = [
    (
      "all-gates",
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

      """
    ),
    (
      "addition",
      """
      7 11
      2 2 2
      1 3

      2 1 0 2 4 AND
      2 1 1 3 5 XOR
      2 1 4 5 6 AND
      2 1 1 3 7 AND
      2 1 0 2 8 XOR
      2 1 4 5 9 XOR
      2 1 6 7 10 XOR

      """
    ),
  ]

  private static func readings() -> [(name: String, input: [UInt8])] {
    var writer = ByteWriter()
    writer.append(FormatHeader(type: 0x4201, version: 1))
    writer.append(UInt8(1))
    writer.append(UInt16(2))
    writer.append(UInt32(3))
    writer.append(UInt64(4))
    writer.append(bytes: [5, 6, 7])
    writer.append(lengthPrefixed: [8, 9])
    let scalars: [UInt8] = [7, 6, 0, 1, 2, 3, 3 << 3 | 4, 1 << 3 | 5] + writer.finish()
    // 37 values of 11 bits, as 52 bytes are left: 51 bytes, the last one with a bit of padding.
    let packed: [UInt8] = [1, 5 << 3 | 7] + [UInt8](repeating: 0xA5, count: 50) + [0x25, 0]
    return [("scalars", scalars), ("packed", packed)]
  }
}
