#if Services
import BigIntegers
import Paillier

/// Numbers as people write them: integers exactly, others as the nearest double.
struct PaillierNumbers {
  /// What somebody wrote, and where. It may be a secret: errors name the place.
  struct Text {
    let place: String
    let text: String
  }

  private enum Number {
    case integer(BigInteger)
    case double(Double)
  }
  private let numbers: [Number]
  private let texts: [Text]

  init(_ texts: [Text]) throws {
    self.texts = texts
    numbers = try texts.map { text in
      let digits = text.text.hasPrefix("+") ? String(text.text.dropFirst()) : text.text
      if digits.utf8.count <= 200, let integer = BigInteger(digits) { return .integer(integer) }
      if let problem = Self.problem(digits) {
        throw CommandFailure("\(text.place) \(problem).", hint: "Write 17, -3.5 or 1e6.", code: .data)
      }
      return .double(Double(digits) ?? 0)
    }
  }

  /// The numbers of a command line.
  init(arguments: [String]) throws { try self.init(Self.texts(arguments)) }

  static func texts(_ arguments: [String]) -> [Text] {
    arguments.enumerated().map { Text(place: "value \($0 + 1)", text: $1) }
  }

  /// What keeps a text from being a double, in words that tell nothing of it but its kind.
  private static func problem(_ text: String) -> String? {
    if text.isEmpty { return "is empty" }
    if text.contains(",") {
      return "is no number: it has a comma, where a decimal point is needed or nothing"
    }
    if text.contains(where: \.isWhitespace) { return "is no number: it has a space in it" }
    if text.lowercased().contains("0x") { return "is no number: write decimal digits, not hexadecimal ones" }
    guard text.utf8.allSatisfy("+-.eE0123456789".utf8.contains), let double = Double(text) else {
      return
        "is no number: it has other characters than digits, a point, a sign and an exponent, or in another order"
    }
    return double.isFinite ? nil : "is out of range: doubles go to 1.8e308"
  }

  /// All at one exponent: a fixed one, at most 0, to which doubles are rounded half to even; or `limit`, or the lower one that a number needs
  /// to lose nothing, where an integer needs 0. Refuses numbers above what encryptors declare.
  func encoded(_ key: PublicKey, atMost limit: Int, fixed: Int? = nil) throws -> EncodedNumbers {
    let exponent =
      fixed
      ?? numbers.reduce(limit) { least, number in
        guard case .double(let value) = number else { return min(least, 0) }
        return min(least, NumberEncoding.exactExponent(value))
      }
    let mantissas = numbers.map { number in
      switch number {
      case .integer(let value): value << (-4 * exponent)
      case .double(let value): NumberEncoding.mantissa(value, exponent: exponent)
      }
    }
    if let bad = mantissas.firstIndex(where: { $0.magnitude > EncryptedNumbers.assumedBound }) {
      let bits = EncryptedNumbers.assumedBits + 4 * exponent
      throw CommandFailure(
        "\(texts[bad].place) is too large: at the exponent \(exponent), numbers are at most 2^\(bits).",
        hint: "With encrypt --exponent 0, integers go to 2^512; all numbers of a file have one exponent.",
        code: .data)
    }
    return try refusing { try NumberEncoding(key).encode(mantissas: mantissas, exponent: exponent) }
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
