import BFV
import BigIntegers
import ByteCoding
import Glibc
import Primitives

/// A checked set for linear retrieval: one query against one table.
///
/// An item's OPRF output names a group, two of its columns, a vector v and a tag. Every column of at most K items holds the
/// solution a of ⟨(1, v), a⟩ = (tag, label), modulo a small prime t. The client sends encryptions of v and of which
/// group it wants; the server multiplies and adds, and knows neither.
public final class LookupParameters: Sendable {
  /// What the set was made from.
  public let literal: LookupLiteral
  /// One BFV set for each layer; they differ in the plaintext modulus and the answers.
  public let layers: [Parameters]
  /// How the answers of a layer become plaintexts of the next.
  let digits: [AnswerDigits]
  /// t, a prime below 256.
  public let modulus: UInt64
  /// Digits of a tag.
  public let tagDigits: Int
  /// Digits of a label.
  public let labelDigits: Int
  /// SHA-256 over everything that changes the meaning of a byte.
  public let digest: [UInt8]
  /// log2 of the probability that an absent item is called present.
  public let falsePositiveLog2: Double
  /// log2 of the probability that a query is answered wrongly because of noise.
  public let failureLog2: Double

  /// N.
  public var degree: Int { layers[0].degree }
  /// K.
  public var columnSize: Int { literal.columnSize }
  /// Tag and label.
  public var digitsPerItem: Int { tagDigits + labelDigits }
  /// Columns in one answer.
  public var columnsPerAnswer: Int { degree / digitsPerItem }
  /// Columns of a group.
  public var columns: Int { columnsPerAnswer * literal.answers }
  /// Bytes of a group's table: answers, unknowns, N bytes.
  public var groupByteCount: Int { literal.answers * columnSize * degree }
  /// Bytes of a table.
  public var tableByteCount: Int { literal.groups * groupByteCount }
  /// Bytes of a label.
  public var labelByteCount: Int { literal.labelBits / 8 }
  var labelCoding: LabelCoding {
    LabelCoding(modulus: modulus, byteCount: labelByteCount, digitCount: labelDigits)
  }
  /// How often groups are folded.
  public var recursions: Int { layers.count - 1 }

  /// Constants of an upload.
  var packed: Int { 1 << literal.expansionLevels }
  /// Uploads that carry v.
  var valueUploads: Int { (columnSize - 1 + packed - 1) / packed }
  /// Uploads that carry the indicators of one recursion.
  var indicatorUploads: Int { (literal.indicators + packed - 1) / packed }
  /// Answers of the layer `index` that belong to one group of it.
  func answerCount(layer index: Int) -> Int {
    digits.prefix(index).reduce(literal.answers) { $0 * $1.count }
  }
  /// Answers of a response.
  public var responseAnswers: Int { answerCount(layer: recursions) }

  /// Checks the set. Throws `invalidParameters`, also where false positives or failures exceed 2^-40, and `encryption`.
  public init(_ literal: LookupLiteral) throws(LookupError) {
    try Self.checkShape(literal)
    self.literal = literal
    var layers: [Parameters] = []
    for layer in literal.layers {
      var scheme = literal.scheme
      scheme.plaintextModulus = BigInteger(layer.plaintextModulus)
      scheme.answerBits = layer.answerBits
      let made = scheme
      layers.append(try encryption { () throws(BFVError) in try Parameters(made) })
    }
    var digits: [AnswerDigits] = []
    for (inner, outer) in zip(layers, layers.dropFirst()) {
      digits.append(try encryption { () throws(BFVError) in try AnswerDigits(of: inner, under: outer) })
    }
    self.layers = layers
    self.digits = digits
    modulus = literal.layers[0].plaintextModulus
    labelDigits = Int((Double(literal.labelBits) / log2(Double(modulus))).rounded(.up))
    tagDigits = literal.digitsPerItem - labelDigits
    falsePositiveLog2 = 1 + Double(tagDigits) * ResidueDigits(modulus: modulus).largestProbabilityLog2
    failureLog2 = try Self.failureLog2(literal, layers, digits)
    digest = Self.digest(of: literal, layers)
    guard tagDigits > 0, falsePositiveLog2 <= -40, failureLog2 <= -40 else { throw .invalidParameters }
  }

  private static func checkShape(_ literal: LookupLiteral) throws(LookupError) {
    guard let first = literal.layers.first, (3...251).contains(first.plaintextModulus),
      (2..<first.plaintextModulus).allSatisfy({ first.plaintextModulus % $0 != 0 }),
      literal.layers.dropFirst().allSatisfy({ (2...256).contains($0.plaintextModulus) }),
      (2...128).contains(literal.columnSize), (1...64).contains(literal.digitsPerItem),
      (0...64).contains(literal.labelBits), literal.labelBits % 8 == 0, (1...64).contains(literal.answers),
      (0...8).contains(literal.expansionLevels), (1...65536).contains(literal.groups), literal.items > 0
    else { throw .invalidParameters }
    let recursions = literal.layers.count - 1
    guard recursions <= 2, recursions == 0 ? literal.indicators == 0 : literal.indicators > 1,
      (0..<recursions).reduce(1, { groups, _ in groups * literal.indicators }) == literal.groups
    else { throw .invalidParameters }
  }

  /// The union over every coefficient of every answer that the client reads, in all layers.
  private static func failureLog2(
    _ literal: LookupLiteral, _ layers: [Parameters], _ digits: [AnswerDigits]
  ) throws(LookupError) -> Double {
    var (sum, answers) = (0.0, literal.answers)
    for (index, parameters) in layers.enumerated() {
      let terms = index == 0 ? literal.columnSize : literal.indicators
      let noise = parameters.retrievalNoise(terms: terms, expansionLevels: literal.expansionLevels)
      let coefficients = answers * parameters.degree
      sum += exp2(
        try encryption { () throws(BFVError) in
          try parameters.answerFailureLog2(noise, coefficients: coefficients)
        })
      if index < digits.count { answers *= digits[index].count }
    }
    return log2(sum)
  }

  private static func digest(of literal: LookupLiteral, _ layers: [Parameters]) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(bytes: Array("hitoku/lookup/parameters/1".utf8))
    for number in [
      literal.groups, literal.indicators, literal.columnSize, literal.digitsPerItem, literal.labelBits,
      literal.expansionLevels, literal.answers, layers.count,
    ] { writer.append(UInt32(number)) }
    for layer in layers { writer.append(bytes: layer.digest) }
    return SHA256.hash(writer.finish())
  }
}
