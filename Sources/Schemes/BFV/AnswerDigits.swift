/// Answers of one set as plaintexts of another with the same degree, whose plaintext modulus is a power of two: what a
/// recursion selects among (Angel, Chen, Laine and Setty, eprint 2017/1142, section 3.3).
///
/// A coefficient of c0 with that of c1 above it is one number of w0 + w1 bits; its digits, lowest first, are
/// coefficients of as many plaintexts, one byte each.
public struct AnswerDigits: Sendable {
  /// The set of the answers.
  public let inner: Parameters
  private let bits: ParametersLiteral.AnswerBits
  private let digitBits: Int

  /// Throws `answersUnavailable` where `inner` states no widths or more than 64 bits in all, and `wrongShape` where `outer`
  /// has another degree or its plaintext modulus is no power of two up to 2^8.
  public init(of inner: Parameters, under outer: Parameters) throws(BFVError) {
    guard let bits = inner.literal.answerBits, bits.c0 <= 16, bits.c1 <= 48 else { throw .answersUnavailable }
    let digitBits = outer.plaintextModulus.bitWidth - 1
    guard outer.degree == inner.degree, (1...8).contains(digitBits),
      outer.plaintextModulus.words == [1 << UInt64(digitBits)]
    else { throw .wrongShape }
    self.inner = inner
    self.bits = bits
    self.digitBits = digitBits
  }

  /// Plaintexts for one answer.
  public var count: Int { (bits.c0 + bits.c1 + digitBits - 1) / digitBits }

  /// The digits of an answer of two polynomials with all coefficients: `count` rows of N bytes.
  public func split(_ answer: Answer) throws(BFVError) -> [[UInt8]] {
    guard answer.extent == .all, answer.others.count == 1, answer.parameterDigest == inner.digest else {
      throw .wrongShape
    }
    let (low, high, width) = (answer.c0, answer.others[0], UInt64(bits.c0))
    let numbers = low.indices.map { low[$0] | high[$0] &<< width }
    let mask = UInt64(1) &<< UInt64(digitBits) &- 1
    return (0..<count).map { digit in
      let shift = UInt64(digit * digitBits)
      return numbers.map { UInt8(truncatingIfNeeded: $0 &>> shift & mask) }
    }
  }

  /// The answer whose digits these plaintexts are, and whether a correct server can have sent it: false for digits beyond the
  /// widths, which are cut, and for a transparent answer.
  ///
  /// Which plaintexts were selected is a secret of who decrypts, and so is that flag: no error and no difference in time
  /// depends on it. Throws `wrongShape` for another number of plaintexts or another degree.
  public func join(_ digits: [Plaintext]) throws(BFVError) -> (answer: Answer, isSound: Bool) {
    guard digits.count == count, digits.allSatisfy({ $0.degree == inner.degree }) else { throw .wrongShape }
    var numbers = [UInt64](repeating: 0, count: inner.degree)
    for (digit, plaintext) in digits.enumerated() {
      guard let coefficients = plaintext.coefficients else { throw .wrongShape }
      let shift = UInt64(digit * digitBits)
      for index in numbers.indices { numbers[index] |= coefficients[index] << shift }
    }
    let mask = UInt64(1) << UInt64(bits.c0) - 1
    let high = numbers.map { $0 >> UInt64(bits.c0) }
    let all = high.reduce(0, |)
    let c1 = high.map { $0 & (UInt64(1) << UInt64(bits.c1) - 1) }
    let answer = Answer(
      extent: .all, parameterDigest: inner.digest, c0: numbers.map { $0 & mask }, others: [c1])
    return (answer, (all >> UInt64(bits.c1) == 0) && (all != 0))
  }
}
