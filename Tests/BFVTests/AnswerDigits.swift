import BFV

/// Answers cut into plaintexts of another layer and put together again: coefficient by coefficient, c0 above which
/// stands c1, in digits that fill the other layer's plaintext modulus, a power of two.
struct AnswerDigits {
  private let parameters: Parameters
  private let header: [UInt8]
  private let widths: [Int]
  private let digitBits: Int

  /// For answers like `answer`, made under `parameters`, of at most 48 bits a coefficient.
  init(of answer: Answer, under parameters: Parameters, bits outer: Parameters) throws {
    self.parameters = parameters
    header = Array(try answer.encoded(parameters).prefix(38))
    let bits = parameters.literal.answerBits ?? .init(c0: 0, c1: 0)
    widths = [bits.c0, bits.c1]
    digitBits = outer.plaintextModulus.bitWidth - 1
  }

  private var digitCount: Int { (widths[0] + widths[1] + digitBits - 1) / digitBits }

  /// The digits of an answer: one polynomial for each place, lowest first.
  func split(_ answer: Answer) throws -> [[UInt64]] {
    let bytes = try answer.encoded(parameters)
    var place = 8 * header.count
    func rows(_ width: Int) -> [UInt64] {
      (0..<parameters.degree).map { _ in
        defer { place += width }
        return (0..<width).reduce(UInt64(0)) { value, bit in
          value | UInt64(bytes[(place + bit) / 8] >> UInt8((place + bit) % 8) & 1) << UInt64(bit)
        }
      }
    }
    let (low, high) = (rows(widths[0]), rows(widths[1]))
    return (0..<digitCount).map { digit in
      zip(low, high).map {
        ($0 | $1 << UInt64(widths[0])) >> UInt64(digit * digitBits) & (1 << UInt64(digitBits) - 1)
      }
    }
  }

  /// The answers whose digits these polynomials are.
  func join(_ polynomials: [[UInt64]]) throws -> [Answer] {
    try stride(from: 0, to: polynomials.count, by: digitCount).map { start in
      let values = (0..<parameters.degree).map { index in
        (0..<digitCount).reduce(UInt64(0)) {
          $0 | polynomials[start + $1][index] << UInt64($1 * digitBits)
        }
      }
      let low = values.map { $0 & (1 << UInt64(widths[0]) - 1) }
      let high = values.map { $0 >> UInt64(widths[0]) }
      let bytes = header + packed(low, widths[0]) + packed(high, widths[1])
      return try Answer(decoding: bytes, parameters: parameters)
    }
  }

  private func packed(_ values: [UInt64], _ width: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: values.count * width / 8)
    for (index, value) in values.enumerated() {
      for bit in 0..<width where value >> UInt64(bit) & 1 == 1 {
        bytes[(index * width + bit) / 8] |= 1 << UInt8((index * width + bit) % 8)
      }
    }
    return bytes
  }
}
