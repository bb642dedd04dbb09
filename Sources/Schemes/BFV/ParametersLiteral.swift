import BigIntegers

/// A parameter set as written in a file: nothing is checked yet. `Parameters` is the checked form.
public struct ParametersLiteral: Sendable, Equatable {
  /// The name under which programs ask for the set.
  public var name: String
  /// N.
  public var degree: Int
  /// t.
  public var plaintextModulus: BigInteger
  /// q_1 … q_k; modulus switching drops the last one first.
  public var coefficientModuli: [UInt64]
  /// The prime P of key switching, or nil where keys are not needed.
  public var specialModulus: UInt64?
  /// Bits of a balanced digit in key switching; nil: one digit per prime.
  public var digitBits: Int?
  /// Low bits left out of c0 when a fresh ciphertext is sent.
  public var uploadDroppedBits: Int
  /// Widths (w0, w1), and w2 for answers of three polynomials, of the power-of-two moduli of answers.
  public var answerBits: AnswerBits?

  /// Widths of the polynomials of an answer.
  public struct AnswerBits: Sendable, Hashable {
    /// w0.
    public var c0: Int
    /// w1.
    public var c1: Int
    /// w2, where answers are products that were not relinearised.
    public var c2: Int?

    /// Takes w0, w1 and w2.
    public init(c0: Int, c1: Int, c2: Int? = nil) {
      self.c0 = c0
      self.c1 = c1
      self.c2 = c2
    }

    /// w0, w1 and w2 if there is one.
    var widths: [Int] { [c0, c1] + (c2.map { [$0] } ?? []) }
  }

  /// Takes all fields; the last four have defaults.
  public init(
    name: String, degree: Int, plaintextModulus: BigInteger, coefficientModuli: [UInt64],
    specialModulus: UInt64? = nil, digitBits: Int? = nil, uploadDroppedBits: Int = 0,
    answerBits: AnswerBits? = nil
  ) {
    self.name = name
    self.degree = degree
    self.plaintextModulus = plaintextModulus
    self.coefficientModuli = coefficientModuli
    self.specialModulus = specialModulus
    self.digitBits = digitBits
    self.uploadDroppedBits = uploadDroppedBits
    self.answerBits = answerBits
  }
}
