#if Services
import BigIntegers
import Paillier

/// Numbers as people write them: integers exactly, others as the nearest double.
struct PaillierNumbers {
  private enum Number {
    case integer(BigInteger)
    case double(Double)
  }
  private let numbers: [Number]

  init(_ texts: [String]) throws {
    numbers = try texts.enumerated().map { index, text in
      let trimmed = text.hasPrefix("+") ? String(text.dropFirst()) : text
      if trimmed.utf8.count <= 200, let integer = BigInteger(trimmed) { return .integer(integer) }
      guard let double = Double(trimmed), double.isFinite else {
        // It may be a secret: it is named by its place.
        throw CommandFailure("value \(index + 1) is no number.", hint: "Write 17, -3.5 or 1e6.", code: .data)
      }
      return .double(double)
    }
  }

  /// All at one exponent: a fixed one, at most 0, to which doubles are rounded half to even; or `limit`, or the lower one that a number needs
  /// to lose nothing, where an integer needs 0.
  func encoded(
    _ key: PublicKey, atMost limit: Int, fixed: Int? = nil
  ) throws(PaillierError) -> EncodedNumbers {
    let encoding = NumberEncoding(key)
    let exponent =
      fixed
      ?? numbers.reduce(limit) { least, number in
        guard case .double(let value) = number else { return min(least, 0) }
        return min(least, NumberEncoding.exactExponent(value))
      }
    return try encoding.encode(
      mantissas: numbers.map { number in
        switch number {
        case .integer(let value): value << (-4 * exponent)
        case .double(let value): NumberEncoding.mantissa(value, exponent: exponent)
        }
      }, exponent: exponent)
  }

  /// The one number as an Int times a power of 16.
  func factor() throws -> (mantissa: Int, exponent: Int) {
    let exponent: Int, mantissa: BigInteger
    switch numbers[0] {
    case .integer(let value): (mantissa, exponent) = (value, 0)
    case .double(let value):
      exponent = NumberEncoding.exactExponent(value)
      mantissa = NumberEncoding.mantissa(value, exponent: exponent)
    }
    guard let factor = Int(exactly: mantissa), factor != .min else {
      throw CommandFailure("the factor is too large.", hint: "Factors have at most 63 bits.", code: .data)
    }
    return (factor, exponent)
  }
}
#endif
