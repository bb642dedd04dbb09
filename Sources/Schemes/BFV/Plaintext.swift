import BigIntegers
import ModularArithmetic
import PolynomialRing

/// An element of R_t = Z_t[X]/(X^N+1), t any integer from 2 to 2^220, by its N coefficients in [0, t).
///
/// Held as rows of 48-bit limbs, lowest first, for the kernels. It is the user's data: a plain value, not wiped.
public struct Plaintext: Sendable, Equatable {
  /// N.
  public let degree: Int
  /// ⌈log2 t / 48⌉ rows of N limbs.
  let limbs: [UInt64]

  init(degree: Int, limbs: [UInt64]) {
    self.degree = degree
    self.limbs = limbs
  }

  /// The zero plaintext.
  public init(zero parameters: Parameters) {
    let rows = RoundingMap.limbCount(below: parameters.plaintextModulus)
    self.init(degree: parameters.degree, limbs: [UInt64](repeating: 0, count: rows * parameters.degree))
  }

  /// At most N coefficients in [0, t); the others are zero. Throws `invalidPlaintext` otherwise.
  public init(coefficients: [UInt64], parameters: Parameters) throws(BFVError) {
    let (degree, t) = (parameters.degree, parameters.plaintextModulus)
    guard coefficients.count <= degree else { throw .invalidPlaintext }
    let rows = RoundingMap.limbCount(below: t)
    // A word is below t if t is wider than a word.
    let largest = t.bitWidth > 64 ? UInt64.max : (t - BigInteger(UInt64(1))).words.first ?? 0
    var limbs = [UInt64](repeating: 0, count: rows * degree)
    var excess = false
    for (index, value) in coefficients.enumerated() {
      excess = excess || value > largest
      limbs[index] = value & ((1 << 48) - 1)
      if rows > 1 { limbs[degree + index] = value >> 48 }
    }
    guard !excess else { throw .invalidPlaintext }
    self.init(degree: degree, limbs: limbs)
  }

  /// At most N coefficients of any width in [0, t). Throws `invalidPlaintext` otherwise.
  public init(wideCoefficients: [BigInteger], parameters: Parameters) throws(BFVError) {
    let (degree, t) = (parameters.degree, parameters.plaintextModulus)
    let zero = BigInteger(UInt64(0))
    guard wideCoefficients.count <= degree, wideCoefficients.allSatisfy({ $0 >= zero && $0 < t }) else {
      throw .invalidPlaintext
    }
    let rows = RoundingMap.limbCount(below: t)
    var limbs = [UInt64](repeating: 0, count: rows * degree)
    for (index, value) in wideCoefficients.enumerated() {
      let words = value.words
      for row in 0..<rows {
        let (word, shift) = (48 * row / 64, UInt64(48 * row % 64))
        var limb = word < words.count ? words[word] >> shift : 0
        if shift > 16, word + 1 < words.count { limb |= words[word + 1] << (64 - shift) }
        limbs[row * degree + index] = limb & ((1 << 48) - 1)
      }
    }
    self.init(degree: degree, limbs: limbs)
  }

  /// The constant polynomial `value`.
  public init(constant value: BigInteger, parameters: Parameters) throws(BFVError) {
    try self.init(wideCoefficients: [value], parameters: parameters)
  }

  private var rowCount: Int { limbs.count / degree }

  /// The coefficients; nil if t has more than 48 bits and one of them exceeds a word.
  public var coefficients: [UInt64]? {
    guard rowCount > 1 else { return limbs }
    var result = [UInt64](repeating: 0, count: degree)
    for index in 0..<degree {
      let high = limbs[degree + index]
      guard high >> 16 == 0, (2..<max(2, rowCount)).allSatisfy({ limbs[$0 * degree + index] == 0 }) else {
        return nil
      }
      result[index] = limbs[index] | high << 48
    }
    return result
  }

  /// The coefficient of X^index.
  public func wideCoefficient(_ index: Int) -> BigInteger {
    precondition((0..<degree).contains(index))
    return (0..<rowCount).reversed().reduce(BigInteger(UInt64(0))) {
      ($0 << 48) + BigInteger(limbs[$1 * degree + index])
    }
  }

  /// All coefficients.
  public var wideCoefficients: [BigInteger] { (0..<degree).map(wideCoefficient) }

  /// Norms of the coefficients taken in [−t/2, t/2). Variable time in nothing but the degree.
  func norms(plaintextModulus t: BigInteger) -> PlaintextNorms {
    // Doubles: the relative error of 2^-50 a coefficient is far below the bound's slack.
    var (sum, squares, maximum) = (0.0, 0.0, 0.0)
    if rowCount == 1, let word = t.words.first {
      // At most 2^15 magnitudes below 2^47: their sum fits a word, and so do the squares of those below 2^24.
      var (total, largest, integerSquares): (UInt64, UInt64, UInt64) = (0, 0, 0)
      let isNarrow = word >> 25 == 0
      for value in limbs {
        let magnitude = min(value, word &- value)
        total &+= magnitude
        largest = max(largest, magnitude)
        if isNarrow {
          integerSquares &+= magnitude &* magnitude
        } else {
          squares += Double(Int64(bitPattern: magnitude)) * Double(Int64(bitPattern: magnitude))
        }
      }
      squares += Double(integerSquares)
      (sum, maximum) = (Double(total), Double(largest))
    } else {
      // t in limbs like the coefficients'; the top one may reach 2^48.
      let limbsOfT = (0..<rowCount).map { row -> Int64 in
        let limb = t >> (48 * row)
        let kept = row == rowCount - 1 ? limb : limb % (BigInteger(UInt64(1)) << 48)
        return Int64(bitPattern: kept.words.first ?? 0)
      }
      for index in 0..<degree {
        // Subtracted limb by limb: t − 1 and t are the same double.
        var (value, complement) = (0.0, 0.0)
        for row in (0..<rowCount).reversed() {
          let limb = Int64(bitPattern: limbs[row * degree + index])
          value = value * 281_474_976_710_656 + Double(limb)
          complement = complement * 281_474_976_710_656 + Double(limbsOfT[row] - limb)
        }
        let magnitude = min(value, complement)
        sum += magnitude
        squares += magnitude * magnitude
        maximum = max(maximum, magnitude)
      }
    }
    return PlaintextNorms(sum: sum.log2, euclidean: squares.log2 / 2, maximum: maximum.log2)
  }
}
