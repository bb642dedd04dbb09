import CGMP

extension BigInteger: CustomStringConvertible {
  /// Digits of a `radix` from 2 to 36, either case, after an optional minus sign; nil for anything else, such as the
  /// empty text, a plus sign, spaces or separators.
  public init?(_ text: String, radix: Int = 10) {
    precondition((2...36).contains(radix), "radix")
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    // GMP itself skips white space, so the digits are checked first.
    guard !digits.isEmpty, digits.allSatisfy({ Self.isDigit($0, radix: radix) }) else { return nil }
    storage = IntegerStorage()
    guard unsafe __gmpz_set_str(storage.number, text, Int32(radix)) == 0 else { return nil }
  }

  /// A decimal number, or after `0x` a hexadecimal one; nil for anything else. A minus sign comes first.
  public init?(literal text: String) {
    let negative = text.hasPrefix("-")
    let unsigned = negative ? text.dropFirst() : text[...]
    guard unsigned.hasPrefix("0x") else {
      self.init(text)
      return
    }
    let digits = unsigned.dropFirst(2)
    guard !digits.hasPrefix("-"), let value = BigInteger(String(digits), radix: 16) else { return nil }
    self = negative ? -value : value
  }

  /// Decimal digits, after a minus sign for a negative number.
  public var description: String { text(radix: 10) }

  /// Lower-case digits of a `radix` from 2 to 36, after a minus sign for a negative number.
  public func text(radix: Int) -> String {
    precondition((2...36).contains(radix), "radix")
    // Digits, sign and terminator, as the manual of mpz_get_str asks.
    let capacity = unsafe __gmpz_sizeinbase(storage.number, Int32(radix)) + 2
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      guard let memory = buffer.baseAddress else { return "" }
      unsafe __gmpz_get_str(memory, Int32(radix), storage.number)
      return unsafe String(cString: memory)
    }
  }

  private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
    let value =
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
      case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 87
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 55
      default: radix
      }
    return value < radix
  }
}
