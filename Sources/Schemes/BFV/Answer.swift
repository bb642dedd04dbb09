import BigIntegers
import PolynomialRing

/// A ciphertext that is only decrypted: c0 modulo 2^w0, c1 modulo 2^w1 (and c2 modulo 2^w2), and of c0 only the
/// coefficients that are wanted.
public struct Answer: Sendable, Equatable {
  /// Which coefficients of c0 are there.
  public enum Extent: UInt8, Sendable {
    /// All N.
    case all = 0
    /// The constant coefficient.
    case constant = 1
  }

  /// Which coefficients of the plaintext can be read.
  public let extent: Extent
  /// The digest of the set it was made with.
  let parameterDigest: [UInt8]
  /// Rows of 48-bit limbs of the coefficients of c0.
  let c0: [UInt64]
  /// For c1 (and c2), rows of 48-bit limbs of its N coefficients.
  let others: [[UInt64]]
}

extension Ciphertext where Form == Coefficient {
  /// ⌊2^w0·c0/Q⌉, ⌊2^w1·c1/Q⌉ (and ⌊2^w2·c2/Q⌉) with the widths of the parameter set. Throws
  /// `answersUnavailable` where it states none for this number of polynomials.
  public func answer(_ extent: Answer.Extent) throws(BFVError) -> Answer {
    guard let bits = parameters.literal.answerBits, polynomialCount <= bits.widths.count else {
      throw .answersUnavailable
    }
    let limbs = zip(polynomials, bits.widths).enumerated().map { index, part in
      context.answerScaling(bits: part.1).limbs(
        of: part.0, count: index == 0 && extent == .constant ? 1 : parameters.degree)
    }
    return Answer(
      extent: extent, parameterDigest: parameters.digest, c0: limbs[0], others: Array(limbs.dropFirst()))
  }

  /// Whether an answer of this ciphertext decrypts with failure probability ≤ 2^-40: the noise bound with the
  /// roundings to 2^-w0 and 2^-w1, and those that decryption adds when it goes back to the top level.
  public var answerDecrypts: Bool {
    guard let relative = parameters.answerNoise(noise, level: level, polynomialCount: polynomialCount) else {
      return false
    }
    return relative.log2Maximum(degree: parameters.degree) < -1 - parameters.plaintextModulus.log2
  }
}

extension SecretKey {
  /// Decrypts an answer: all coefficients, or the constant one with the others undefined (zero). Throws
  /// `answersUnavailable`, or `parametersMismatch` for an answer of another set.
  public borrowing func decrypt(_ answer: Answer) throws(BFVError) -> Plaintext {
    guard let bits = parameters.literal.answerBits else { throw .answersUnavailable }
    guard answer.parameterDigest == parameters.digest else { throw .parametersMismatch }
    // ⌊Q·c/2^w⌉ at the top level: one more rounding, which `answerDecrypts` counts.
    let level = parameters.level(parameters.topLevel)
    let degree = parameters.degree
    var c0Limbs = answer.c0
    if answer.extent == .constant {
      c0Limbs = [UInt64](repeating: 0, count: answer.c0.count * degree)
      for (row, limb) in answer.c0.enumerated() { c0Limbs[row * degree] = limb }
    }
    var polynomials: [RNSPolynomial<Coefficient>] = []
    for (limbs, width) in zip([c0Limbs] + answer.others, bits.widths) {
      var polynomial = RNSPolynomial<Coefficient>(zero: level.basis)
      level.answerLift(bits: width).add(limbs, to: &polynomial)
      polynomials.append(polynomial)
    }
    let plaintext = decrypt(
      Ciphertext(parameters: parameters, polynomials: polynomials, noise: .zero))
    return answer.extent == .all ? plaintext : plaintext.constantPart
  }
}

extension Plaintext {
  /// The constant coefficient alone.
  fileprivate var constantPart: Plaintext {
    var kept = [UInt64](repeating: 0, count: limbs.count)
    for row in 0..<(limbs.count / degree) { kept[row * degree] = limbs[row * degree] }
    return Plaintext(degree: degree, limbs: kept)
  }
}
