import BFV
import BigIntegers
import Foundation
import LabeledLookup

/// One JSON file of `params/`: a parameter set with the reasons for it. See params/README.md for the fields.
public struct ParameterFile: Sendable {
  /// The set, unchecked.
  public let literal: ParametersLiteral
  /// What the set is for.
  public let purpose: String
  /// Noise margin in bits that the file states for its workload.
  public let marginBits: Double
  /// log2 of the failure probability that the file states.
  public let failureProbabilityLog2: Double
  /// The bytes it was read from, for readers of a workload's own fields.
  let source: [UInt8]

  /// Reads the bytes of a file of at most 64 KiB. Throws `tooLarge` or `malformed`.
  public init(decoding bytes: [UInt8]) throws(ParameterFilesError) {
    guard bytes.count <= 65_536 else { throw .tooLarge }
    let content: Content
    do {
      content = try JSONDecoder().decode(Content.self, from: Data(bytes))
    } catch { throw .malformed }
    guard content.format == 1, let t = BigInteger(literal: content.plaintextModulus) else { throw .malformed }
    var moduli: [UInt64] = []
    for text in content.coefficientModuli { moduli.append(try Self.word(text)) }
    var special: UInt64?
    if let text = content.specialModulus { special = try Self.word(text) }
    literal = ParametersLiteral(
      name: content.name, degree: content.degree, plaintextModulus: t, coefficientModuli: moduli,
      specialModulus: special, digitBits: content.digitBits,
      uploadDroppedBits: content.uploadDroppedBits,
      answerBits: content.answerBits.map { .init(c0: $0.c0, c1: $0.c1, c2: $0.c2) })
    source = bytes
    purpose = content.purpose
    marginBits = content.noise.marginBits
    failureProbabilityLog2 = content.noise.failureProbabilityLog2
  }

  private static func word(_ text: String) throws(ParameterFilesError) -> UInt64 {
    let digits = text.dropFirst(2)
    // Swift's own parser would take a plus sign too.
    guard text.hasPrefix("0x"), digits.first != "+", let value = UInt64(digits, radix: 16) else {
      throw .malformed
    }
    return value
  }

  /// The fields of a file that this reader uses.
  private struct Content: Decodable {
    struct AnswerBits: Decodable {
      var c0: Int
      var c1: Int
      var c2: Int?
    }
    struct Noise: Decodable {
      var marginBits: Double
      var failureProbabilityLog2: Double
    }
    var format: Int
    var name: String
    var purpose: String
    var degree: Int
    var plaintextModulus: String
    var coefficientModuli: [String]
    var specialModulus: String?
    var digitBits: Int?
    var uploadDroppedBits: Int
    var answerBits: AnswerBits?
    var noise: Noise
  }
}

/// What can be wrong with a parameter file.
public enum ParameterFilesError: Error, Equatable, Sendable {
  /// No set of this name is built in.
  case unknownName
  /// The file exceeds 64 KiB.
  case tooLarge
  /// The file is no parameter file of format 1.
  case malformed
  /// The set is well-formed and refused: insecure or inconsistent.
  case refused(BFVError)
  /// The set is well-formed and refused for lookups.
  case refusedLookup(LookupError)
}
