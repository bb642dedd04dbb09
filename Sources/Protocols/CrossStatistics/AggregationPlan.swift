import BFV
import BigIntegers
import Glibc
import ModularArithmetic

/// The parameter set and packing of one aggregation, derived from its shape alone, so that both parties derive the
/// same one.
///
/// w groups share one coefficient as digits of radix S; t = S^w. The least traffic over N, w, the limbs' width and the dropped bits
/// wins. Every set is within the 2024 security table, since `Parameters` refuses others. Where cells are opened by a
/// circuit, S is a power of two, so that a mask modulo t comes off by a subtraction that drops its last borrow.
public struct AggregationPlan: Sendable {
  /// What it is for.
  public let shape: AggregationShape
  /// The BFV set.
  public let parameters: Parameters
  /// S.
  public let radix: BigInteger
  /// w.
  public let groupsPerPack: Int
  /// Limbs that weights of each table are cut into; 1: not cut.
  public let limbs: [Int]
  /// Bits of a limb: narrow ones take less of the modulus, wide ones fewer answers.
  public let limbBits: Int
  /// The flood's width: uniform on 2^floodBits values.
  public let floodBits: Int

  /// ⌈G/w⌉ encrypted vectors.
  public var packs: Int { (shape.groups + groupsPerPack - 1) / groupsPerPack }
  /// Ciphertexts of one encrypted vector.
  public var chunks: Int { (shape.rows + parameters.degree - 1) / parameters.degree }
  /// Answers of one pack and cell.
  public var answersPerCell: Int { limbs.reduce(0, +) }
  /// All answers.
  public var answers: Int { packs * shape.cells * answersPerCell }
  /// The most bytes of the answers of one pack and cell: two polynomials each, lengths and headers.
  var answerLimit: Int {
    let bits = parameters.literal.answerBits?.c1 ?? 0
    return min(64 << 20, 4 + answersPerCell * (parameters.degree * 2 * bits / 8 + 1024))
  }
  /// The bits of a limb that are tried.
  private static let limbWidths = [8, 12, 16]

  /// Limbs of `bits` bits that weights of this bound need: balanced digits, each in [−2^(bits−1), 2^(bits−1)), and a last
  /// one of at most 2^(bits−1) in magnitude. Weights up to 2^bits are used whole.
  static func limbCount(weightBound: Int64, bits: Int) -> Int {
    guard weightBound > 1 << Int64(bits) else { return 1 }
    let half: Int64 = 1 << Int64(bits - 1)
    var (count, rest) = (1, weightBound)
    while rest > half - 1 {
      rest = (rest + half) >> Int64(bits)
      count += 1
    }
    return count
  }

  /// The balanced digit of `weight`: congruent to it modulo 2^limbBits.
  func lowestLimb(of weight: Int64) -> Int64 {
    let unused = Int64(64 - limbBits)
    return (weight << unused) >> unused
  }

  /// The most bytes of all answers: the provider has all of them before it sends the first.
  static let largestAnswers = Double(1 << 31)
  /// The most bytes of the answers of one pack and cell, which are one message, without their lengths.
  static let largestMessage = Double(63 << 20)

  /// Throws `shapeOutOfRange` for sizes outside the limits, where no set is wide enough, for more than 2 GiB
  /// of answers, or 63 MiB of one pack and cell.
  public init(_ shape: AggregationShape) throws(CrossStatisticsError) {
    guard shape.isValid else { throw .shapeOutOfRange }
    let candidates = Self.limbWidths.flatMap { bits in
      [4096, 8192, 16384].flatMap { degree in
        (1...min(shape.groups, 24)).compactMap { width in
          Candidate(shape, degree: degree, width: width, limbBits: bits)
        }
      }
    }
    // The next best where the best is no parameter set.
    for chosen in candidates.sorted(by: { $0.traffic < $1.traffic }) {
      guard chosen.answerBytes <= Self.largestAnswers, chosen.messageBytes <= Self.largestMessage,
        let parameters = chosen.parameters()
      else { continue }
      self.shape = shape
      limbs = chosen.limbs
      limbBits = chosen.limbBits
      self.parameters = parameters
      radix = chosen.radix
      groupsPerPack = chosen.width
      floodBits = chosen.floodBits
      return
    }
    throw .shapeOutOfRange
  }
}

/// One choice of N and w with the smallest modulus that serves it.
private struct Candidate {
  let shape: AggregationShape
  let degree: Int
  let width: Int
  let radix: BigInteger
  let limbBits: Int
  let limbs: [Int]
  let floodBits: Int
  let modulusBits: Int
  let droppedBits: Int
  let answerBits: ParametersLiteral.AnswerBits

  private var packs: Int { (shape.groups + width - 1) / width }
  private var answersPerCell: Int { limbs.reduce(0, +) }

  /// Bytes on the wire: uploads and answers.
  var traffic: Double {
    let chunks = (shape.rows + degree - 1) / degree
    return Double(packs * chunks) * Double(degree * (modulusBits - droppedBits)) / 8 + answerBytes
  }

  /// Bytes of all answers.
  var answerBytes: Double {
    Double(packs * shape.cells * answersPerCell) * Double(degree * answerBits.c1) / 8
  }

  /// Bytes of the answers of one pack and cell.
  var messageBytes: Double { answerBytes / Double(packs * shape.cells) }

  /// Nil where no modulus within the security table is wide enough.
  init?(_ shape: AggregationShape, degree: Int, width: Int, limbBits: Int) {
    self.shape = shape
    self.degree = degree
    self.width = width
    self.limbBits = limbBits
    limbs = shape.tables.map { AggregationPlan.limbCount(weightBound: $0.weightBound, bits: limbBits) }
    // Digits lie in [0, 2·bound].
    let least = BigInteger(2) * BigInteger(Int(shape.entryBound)) + BigInteger(1)
    radix = shape.opening == .everything ? least : BigInteger(1) << least.bitWidth
    let t = Double(width) * radix.approximateLog2
    let packs = (shape.groups + width - 1) / width
    let answers = Double(packs * shape.cells * limbs.reduce(0, +))
    let largest =
      zip(shape.tables, limbs).map { table, limbs in
        limbs == 1 ? Double(table.weightBound) : exp2(Double(limbBits - 1))
      }.max() ?? 1
    guard t < 218, let limit = [4096: 106, 8192: 214, 16384: 430][degree] else { return nil }
    // ½ for the encoding of every weighted row, for the noise and for the blinding.
    let bounded = 0.5 * (Double(shape.rows) * largest + 2)
    let z = (2 * M_LN2 * (41 + log2(answers))).squareRoot()
    var best: (upload: Double, dropped: Int, bits: Int, flood: Int)?
    for dropped in 0...16 {
      let variance = 10.5 + (dropped > 0 ? (exp2(2 * Double(dropped)) + 1) / 12 : 0)
      let deviation = (Double(shape.rows) * largest * largest * variance + 10.5 * (1 + 1.56 * Double(degree)))
        .squareRoot()
      let flood = Int((40 + log2(answers * (bounded + deviation))).rounded(.up))
      let noise = bounded + z * deviation + exp2(Double(flood) - 1)
      // A tenth of Q/2t is kept for the rounding of the answer.
      let bits = Int((1 + t + log2(noise) + log2(1 / 0.9) + 0.02).rounded(.up))
      guard bits <= limit else { continue }
      let upload = Double(bits - dropped)
      if best.map({ upload < $0.upload }) ?? true { best = (upload, dropped, bits, flood) }
    }
    guard let best else { return nil }
    (droppedBits, modulusBits, floodBits) = (best.dropped, best.bits, best.flood)
    // Of the tenth: 0.06 for c1 under s, 0.03 for c0.
    let weight = (0.78 * Double(degree) / 12).squareRoot()
    answerBits = ParametersLiteral.AnswerBits(
      c0: Int((t + log2(1 / 0.03)).rounded(.up)), c1: Int((t + 1 + log2(z * weight / 0.06)).rounded(.up)))
    guard answerBits.c1 <= 256, answerBits.c1 <= modulusBits else { return nil }
  }

  /// The checked set: primes as even as possible, the largest of their sizes.
  func parameters() -> Parameters? {
    let count = (modulusBits + Modulus.maximumBitWidth - 1) / Modulus.maximumBitWidth
    let widths = (0..<count).map { modulusBits / count + ($0 < modulusBits % count ? 1 : 0) }
    var primes: [UInt64] = []
    for width in Set(widths) {
      let wanted = widths.count { $0 == width }
      // A radix below 2^62 is a multiple of two such primes at most: those do not serve.
      guard
        let found = try? Modulus.primes(
          bitWidth: width, congruentToOneModulo: UInt64(2 * degree), count: wanted + 2)
      else { return nil }
      primes += found.map(\.value).filter { radix.remainder(dividingBy: $0) != 0 }.prefix(wanted)
    }
    let t = (0..<width).reduce(BigInteger(1)) { product, _ in product * radix }
    let literal = ParametersLiteral(
      name: "aggregation", degree: degree, plaintextModulus: t,
      coefficientModuli: primes.sorted(by: >), uploadDroppedBits: droppedBits, answerBits: answerBits)
    return try? Parameters(literal)
  }
}

extension BigInteger {
  /// log2 to a double's precision, for x > 0.
  fileprivate var approximateLog2: Double {
    let shift = Swift.max(0, bitWidth - 53)
    return log2(Double((self >> shift).words.first ?? 1)) + Double(shift)
  }
}
