import BFV
import ByteCoding
import Glibc
import Primitives

/// The numbers of a set for batches as a file states them, unchecked; `BatchParameters` checks them.
public struct BatchLiteral: Sendable, Equatable {
  /// The BFV set, with slots.
  public var scheme: ParametersLiteral
  /// Items it was computed for.
  public var items: Int
  /// Queries of a batch.
  public var queries: Int
  /// Bins of cuckoo hashing; a divisor of N.
  public var bins: Int
  /// k: an item is a vector of so many residues.
  public var uploads: Int
  /// Digits modulo t of an item: tag, then label.
  public var digitsPerItem: Int
  /// Bits of a label, 0…64, whole bytes.
  public var labelBits: Int
  /// Answers of a response.
  public var answers: Int

  /// Takes all numbers.
  public init(
    scheme: ParametersLiteral, items: Int, queries: Int, bins: Int, uploads: Int, digitsPerItem: Int,
    labelBits: Int, answers: Int
  ) {
    self.scheme = scheme
    self.items = items
    self.queries = queries
    self.bins = bins
    self.uploads = uploads
    self.digitsPerItem = digitsPerItem
    self.labelBits = labelBits
    self.answers = answers
  }
}

/// A checked set for retrieval in batches.
///
/// Every item stands in three bins, every query is put into one of its three (cuckoo hashing), and slot by slot the server
/// evaluates quadratic forms at the query's vector x of k residues: Σ a_ij·x_i·x_j + Σ b_i·x_i + c has D = (k+1)(k+2)/2 coefficients,
/// which are the solution of the equations of up to D items. One multiplication level, no relinearisation.
public final class BatchParameters: Sendable {
  /// What the set was made from.
  public let literal: BatchLiteral
  /// The BFV set.
  public let encryption: Parameters
  /// t, a prime.
  public let modulus: UInt64
  /// Digits of a tag.
  public let tagDigits: Int
  /// Digits of a label.
  public let labelDigits: Int
  /// SHA-256 over everything that changes the meaning of a byte.
  public let digest: [UInt8]
  /// log2 of the probability that any absent item of a batch is called present.
  public let falsePositiveLog2: Double
  /// log2 of the probability that any answer of a batch is wrong because of noise.
  public let failureLog2: Double
  /// log2 of a bound on the probability that the queries of a batch do not fit the bins.
  public let placementFailureLog2: Double
  /// How the table packs coefficients.
  public let rows: PackedRows

  /// N.
  public var degree: Int { encryption.degree }
  /// D.
  public var terms: Int { (literal.uploads + 1) * (literal.uploads + 2) / 2 }
  /// Slots of one bin in an answer.
  public var copies: Int { degree / literal.bins }
  /// Tag and label.
  public var digitsPerItem: Int { tagDigits + labelDigits }
  /// Systems of equations in a bin; an item is in one of two of them.
  public var subBins: Int { literal.answers * copies / digitsPerItem }
  /// Bytes of a table: answers, coefficients of the forms, packed plaintexts.
  public var tableByteCount: Int { literal.answers * terms * rows.rowByteCount }
  /// Bytes of a label.
  public var labelByteCount: Int { literal.labelBits / 8 }
  var labelCoding: LabelCoding {
    LabelCoding(modulus: modulus, byteCount: labelByteCount, digitCount: labelDigits)
  }

  /// Checks the set. Throws `invalidParameters`, also where a probability exceeds 2^-40, and `encryption`.
  public init(_ literal: BatchLiteral) throws(LookupError) {
    self.literal = literal
    encryption = try LabeledLookup.encryption { () throws(BFVError) in try Parameters(literal.scheme) }
    let (degree, t) = (encryption.degree, encryption.plaintextModulus.words.first ?? 0)
    guard encryption.hasSlots, t < 1 << 20, (2...14).contains(literal.uploads),
      (1...64).contains(literal.digitsPerItem), (0...64).contains(literal.labelBits),
      literal.labelBits % 8 == 0, (1...256).contains(literal.answers), literal.bins > 3,
      degree % literal.bins == 0, (1...literal.bins).contains(literal.queries), literal.items > 0
    else { throw .invalidParameters }
    modulus = t
    let bits = UInt64.bitWidth - t.leadingZeroBitCount
    rows = try LabeledLookup.encryption { [encryption] () throws(BFVError) in
      try EncryptedFactors.rows(of: encryption, bitsPerCoefficient: bits)
    }
    labelDigits = Int((Double(literal.labelBits) / log2(Double(t))).rounded(.up))
    tagDigits = literal.digitsPerItem - labelDigits
    let digits = WideDigits(modulus: t)
    falsePositiveLog2 =
      log2(2 * Double(literal.queries)) + Double(tagDigits) * digits.largestProbabilityLog2
    placementFailureLog2 = CuckooBins.failureLog2(queries: literal.queries, bins: literal.bins)
    let (parameters, terms) = (encryption, (literal.uploads + 1) * (literal.uploads + 2) / 2)
    failureLog2 = try LabeledLookup.encryption { () throws(BFVError) in
      try parameters.answerFailureLog2(
        parameters.quadraticNoise(terms: terms), polynomialCount: 3, coefficients: literal.answers * degree)
    }
    digest = Self.digest(of: literal, encryption)
    guard tagDigits > 0, literal.answers * (degree / literal.bins) / literal.digitsPerItem > 1,
      max(falsePositiveLog2, placementFailureLog2, failureLog2) <= -40
    else { throw .invalidParameters }
  }

  private static func digest(of literal: BatchLiteral, _ parameters: Parameters) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(bytes: Array("hitoku/lookup/batch/1".utf8))
    for number in [
      literal.queries, literal.bins, literal.uploads, literal.digitsPerItem, literal.labelBits,
      literal.answers,
    ] { writer.append(UInt32(number)) }
    writer.append(bytes: parameters.digest)
    return SHA256.hash(writer.finish())
  }
}
