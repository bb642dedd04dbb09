import BigIntegers
import Secrets

/// Signed integers and fixed-point numbers as residues modulo n, the way python-paillier encodes them: mantissa·16^exponent, a negative
/// mantissa as n − |mantissa|, and at most n/3 in magnitude so that what lies between is known to have overflowed.
public struct NumberEncoding: Sendable {
  /// The base of exponents.
  public static let base = 16
  /// What exponents are allowed: enough for every double, and no more work than that from outside.
  public static let exponents = -1_100...1_100

  /// The key whose n counts.
  public let key: PublicKey

  /// For one key.
  public init(_ key: PublicKey) { self.key = key }

  /// Integers, exponent 0.
  public func encode(_ values: [Int]) -> EncodedNumbers {
    let bound = BigInteger(values.map(\.magnitude).max().map(UInt64.init) ?? 0)
    return EncodedNumbers(
      key: key, residues: residues(values.map { BigInteger($0) }), exponent: 0, bound: bound)
  }

  /// Integers of any size, at an exponent. Throws `valueOutOfRange` for a magnitude above n/3 − 1.
  public func encode(mantissas: [BigInteger], exponent: Int) throws(PaillierError) -> EncodedNumbers {
    guard Self.exponents.contains(exponent) else { throw .exponentOutOfRange(exponent) }
    let limit = key.maximumMagnitude
    if let bad = mantissas.firstIndex(where: { $0.magnitude > limit }) { throw .valueOutOfRange(index: bad) }
    let bound = mantissas.map(\.magnitude).max() ?? 0
    return EncodedNumbers(key: key, residues: residues(mantissas), exponent: exponent, bound: bound)
  }

  /// Doubles, all at one exponent: the least that any of them needs to lose nothing, or a given one, to which they are rounded half
  /// to even. Throws `valueOutOfRange` for what is not finite or too large for the key.
  public func encode(_ values: [Double], exponent: Int? = nil) throws(PaillierError) -> EncodedNumbers {
    if let bad = values.firstIndex(where: { !$0.isFinite }) { throw .valueOutOfRange(index: bad) }
    let exponent = exponent ?? values.map(Self.exactExponent).min() ?? 0
    // Before numbers are shifted by it.
    guard Self.exponents.contains(exponent) else { throw .exponentOutOfRange(exponent) }
    return try encode(mantissas: values.map { Self.mantissa($0, exponent: exponent) }, exponent: exponent)
  }

  /// The exponent that python-paillier gives a float: its lowest bit of 53, in powers of 16, rounded down.
  public static func exactExponent(_ value: Double) -> Int {
    let binary = value == 0 ? 0 : Int(value.exponent) + 1
    return Int((Double(binary - 53) / 4).rounded(.down))
  }

  /// value·16^−exponent, rounded half to even.
  public static func mantissa(_ value: Double, exponent: Int) -> BigInteger {
    guard value != 0 else { return 0 }
    // value = significand·2^binary with an integer significand.
    let significand = BigInteger(Int(value.significandBitPattern) | (value.isNormal ? 1 << 52 : 0))
    let binary = Int(value.isNormal ? value.exponent : Double.leastNormalMagnitude.exponent) - 52
    let shift = binary - 4 * exponent
    guard shift < 0 else { return value < 0 ? -(significand << shift) : significand << shift }
    let half = BigInteger(1) << (-shift - 1)
    var rounded = (significand + half) >> -shift
    if (rounded << -shift) - significand == half, !rounded.isEven { rounded -= 1 }
    return value < 0 ? -rounded : rounded
  }

  /// The numbers behind decrypted residues. Throws `overflow` for one between n/3 and 2n/3.
  public func decode(
    _ residues: borrowing SecretIntegers, exponent: Int
  ) throws(PaillierError) -> [DecodedNumber] {
    let limit = key.maximumMagnitude
    var numbers: [DecodedNumber] = []
    numbers.reserveCapacity(residues.count)
    for i in 0..<residues.count {
      let residue = residues[i].value(variableTime: ())
      if residue <= limit {
        numbers.append(DecodedNumber(mantissa: residue, exponent: exponent))
      } else if residue < key.n, residue >= key.n - limit {
        numbers.append(DecodedNumber(mantissa: residue - key.n, exponent: exponent))
      } else {
        throw .overflow(index: i)
      }
    }
    return numbers
  }

  private func residues(_ mantissas: [BigInteger]) -> SecretIntegers {
    SecretIntegers(variableTime: mantissas.map { $0 % key.n }, wordCount: key.wordCount)
  }
}

/// Residues to encrypt, with what is known of their size.
public struct EncodedNumbers: ~Copyable, Sendable {
  /// The key whose n counts.
  public let key: PublicKey
  /// Residues modulo n.
  public let residues: SecretIntegers
  /// The power of 16 that they count.
  public let exponent: Int
  /// No mantissa is larger in magnitude.
  public let bound: BigInteger
}

/// A decrypted number: mantissa·16^exponent.
public struct DecodedNumber: Sendable, Equatable {
  /// The signed mantissa.
  public let mantissa: BigInteger
  /// The power of 16.
  public let exponent: Int

  /// mantissa·16^exponent.
  public init(mantissa: BigInteger, exponent: Int) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// The number rounded to the nearest double, half to even; nil where it is too large for one.
  public var double: Double? {
    let magnitude = mantissa.magnitude, width = magnitude.bitWidth
    guard width > 0 else { return 0 }
    // 64 bits and, in the lowest of them, whether anything below was cut.
    let cut = max(0, width - 62)
    var top = magnitude >> cut
    if (top << cut) != magnitude { top = (top << 1) + 1 } else { top = top << 1 }
    let scale = cut - 1 + 4 * exponent
    guard width + 4 * exponent <= 1025, let bits = UInt64(exactly: top) else { return nil }
    let value = scaled(bits, by: scale)
    guard value.isFinite else { return nil }
    return mantissa.signum < 0 ? -value : value
  }

  /// bits·2^scale with one rounding, also where the result is subnormal.
  private func scaled(_ bits: UInt64, by scale: Int) -> Double {
    let width = 64 - bits.leadingZeroBitCount
    // Bits below 2^-1074 do not exist: round there by hand.
    let lost = max(width - 53, -1074 - scale)
    guard lost > 0 else { return Double(sign: .plus, exponent: scale, significand: Double(bits)) }
    guard lost < 64 else { return 0 }
    let kept = bits >> UInt64(lost), rest = bits & ((1 << UInt64(lost)) - 1),
      half: UInt64 = 1 << UInt64(lost - 1)
    let up: UInt64 = rest > half || (rest == half && kept & 1 == 1) ? 1 : 0
    return Double(sign: .plus, exponent: scale + lost, significand: Double(kept + up))
  }

  /// The number if it is an integer.
  public var wholeNumber: BigInteger? {
    let shifted = mantissa << (4 * exponent)
    return exponent >= 0 || shifted << (-4 * exponent) == mantissa ? shifted : nil
  }

  /// The number if it is an integer that fits into one.
  public var integer: Int? { wholeNumber.flatMap { Int(exactly: $0) } }
}
