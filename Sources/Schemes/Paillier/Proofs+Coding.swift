import BigIntegers
import ByteCoding

// Proofs in bytes. Who reads one knows the statement, so that every length follows from it; what the numbers are worth is for
// `verify` to say. Encoding stops the program for numbers that no proof which verifies has.

extension RangeProof {
  /// The bytes of a proof for a range of `values` values.
  public static func encodedByteCount(values: Int, key: PublicKey) -> Int {
    FormatHeader.byteCount + values * (key.ciphertextByteCount + challengeByteCount + key.residueByteCount)
  }

  /// Format, then for each value the commitment, the share of the challenge, and the answer.
  public func encoded(for key: PublicKey) -> [UInt8] {
    var writer = ByteWriter(capacity: Self.encodedByteCount(values: commitments.count, key: key))
    writer.append(Format.rangeProof.header)
    for i in commitments.indices {
      writer.append(commitments[i], byteCount: key.ciphertextByteCount)
      writer.append(challenges[i], byteCount: Self.challengeByteCount)
      writer.append(answers[i], byteCount: key.residueByteCount)
    }
    return writer.finish()
  }

  /// Reads a proof for a range of `values` (1…256) values from outside; `verify` checks it. Throws `malformed`.
  public init(decoding bytes: [UInt8], key: PublicKey, values: Int) throws(PaillierError) {
    precondition((1...Self.maximumCount).contains(values), "values of a range")
    var reader = try IntegerReader(bytes, .rangeProof, .rangeProof)
    try reader.expect(left: Self.encodedByteCount(values: values, key: key) - FormatHeader.byteCount)
    var commitments: [BigInteger] = [], challenges: [BigInteger] = [], answers: [BigInteger] = []
    for _ in 0..<values {
      commitments.append(try reader.integer(byteCount: key.ciphertextByteCount))
      challenges.append(try reader.integer(byteCount: Self.challengeByteCount))
      answers.append(try reader.integer(byteCount: key.residueByteCount))
    }
    self.init(commitments: commitments, challenges: challenges, answers: answers)
  }

  private static let challengeByteCount = 16
}

extension BlumProof {
  static func encodedByteCount(_ key: PublicKey) -> Int {
    FormatHeader.byteCount + key.residueByteCount + rounds * (1 + 2 * key.residueByteCount)
  }

  /// Format, w, then for each repetition a byte with both signs, x and z.
  public func encoded(for key: PublicKey) -> [UInt8] {
    let size = key.residueByteCount
    var writer = ByteWriter(capacity: Self.encodedByteCount(key))
    writer.append(Format.blumProof.header)
    writer.append(w, byteCount: size)
    for answer in answers {
      writer.append(UInt8(answer.isNegated ? 1 : 0) | UInt8(answer.isTwisted ? 2 : 0))
      writer.append(answer.x, byteCount: size)
      writer.append(answer.z, byteCount: size)
    }
    return writer.finish()
  }

  /// Reads a proof from outside; `verify` checks it. Throws `malformed`.
  public init(decoding bytes: [UInt8], key: PublicKey) throws(PaillierError) {
    let size = key.residueByteCount
    var reader = try IntegerReader(bytes, .blumProof, .blumProof)
    try reader.expect(left: Self.encodedByteCount(key) - FormatHeader.byteCount)
    let w = try reader.integer(byteCount: size)
    var answers: [Answer] = []
    for _ in 0..<Self.rounds {
      let signs = try reader.byte()
      guard signs < 4 else { throw .malformed(.blumProof) }
      let x = try reader.integer(byteCount: size), z = try reader.integer(byteCount: size)
      answers.append(Answer(x: x, isNegated: signs & 1 == 1, isTwisted: signs & 2 == 2, z: z))
    }
    self.init(w: w, answers: answers)
  }
}

extension FactorProof {
  /// Bytes of the longest answer, σ or v: ℓ + ε and both moduli's bits at most, and two.
  private static let longestAnswer = (384 + 2 * KeyValidation.bits.upperBound + 2 + 7) / 8
  static let maximumByteCount = FormatHeader.byteCount + 11 * (2 + longestAnswer)

  /// Format, then five commitments and six answers, each as its number of bytes and the bytes.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Format.factorProof.header)
    for value in commitments + answers { writer.append(counted: value) }
    return writer.finish()
  }

  /// Reads a proof from outside; `ProvenKey` checks it. Throws `malformed`.
  public init(decoding bytes: [UInt8]) throws(PaillierError) {
    var reader = try IntegerReader(bytes, .factorProof, .factorProof)
    var values: [BigInteger] = []
    for _ in 0..<11 { values.append(try reader.countedInteger(upTo: Self.longestAnswer)) }
    try reader.expectEnd()
    self.init(commitments: Array(values[..<5]), answers: Array(values[5...]))
  }
}

extension AuxiliaryParameters {
  /// Format, the modulus as its number of bytes and the bytes, then s, t, and the proof's commitments and answers.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: 6 + (3 + 2 * Self.rounds) * key.residueByteCount)
    writer.append(Format.auxiliaryParameters.header)
    writer.append(counted: key.n)
    for value in [s, t] + proof.commitments + proof.answers {
      writer.append(value, byteCount: key.residueByteCount)
    }
    return writer.finish()
  }

  /// Reads parameters from outside, made for `context`, and checks them. Throws `malformed`, `invalidKey` for the modulus, or
  /// `proofRejected(.auxiliaryParameters)`.
  public init(decoding bytes: [UInt8], context: [UInt8]) throws(PaillierError) {
    var reader = try IntegerReader(bytes, .auxiliaryParameters, .auxiliaryParameters)
    let n = try reader.countedInteger(upTo: KeyValidation.bits.upperBound / 8)
    let size = (n.bitWidth + 7) / 8
    try reader.expect(left: (2 + 2 * Self.rounds) * size)
    var values: [BigInteger] = []
    for _ in 0..<2 + 2 * Self.rounds { values.append(try reader.integer(byteCount: size)) }
    try self.init(
      key: PublicKey(n: n), s: values[0], t: values[1],
      proof: Proof(
        commitments: Array(values[2..<2 + Self.rounds]), answers: Array(values[(2 + Self.rounds)...])),
      context: context)
  }
}
