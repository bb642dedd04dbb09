import BigIntegers
import PolynomialRing
import TestSupport

/// A modulus that numbers in 48-bit limbs are taken modulo.
struct PlaintextModulus: Sendable, CustomStringConvertible {
  let value: BigInteger

  /// Powers of two and odd numbers on both sides of a limb, a word, and the widest plaintexts and answers.
  static let all: [PlaintextModulus] =
    [2, 3, 4, 65537, 0xfc001, 1 << 20, 1 << 47, (1 << 48) - 59].map {
      PlaintextModulus(value: BigInteger($0))
    }
    + [48, 60, 64, 96, 220, 256].map { PlaintextModulus(value: BigInteger(1) << $0) }
    + [
      PlaintextModulus(value: (BigInteger(1) << 48) + 1), PlaintextModulus(value: (BigInteger(1) << 64) - 59),
      PlaintextModulus(value: .power(3, 100)), PlaintextModulus(value: (BigInteger(1) << 230) - 27),
    ]

  var description: String { value.text(radix: 16) }

  var limbCount: Int { RoundingMap.limbCount(below: value) }

  /// One number for each coefficient: the ends, the middle and its neighbours, limbs of all ones, and random numbers.
  func inputs(_ generator: inout SeededGenerator) -> [BigInteger] {
    let half = value / 2
    var special: [BigInteger] = [0, 1, value - 1, half, half + 1, half - 1, half + 2]
    special += (1...limbCount).map { (BigInteger(1) << (48 * $0)) - 1 }
    special += (-60...(-45)).flatMap { [half + (value >> -$0), half - (value >> -$0)] }
    special = special.map { $0 % value }
    return special + (special.count..<degree).map { _ in .random(below: value, &generator) }
  }

  /// The numbers as the maps take them: rows of limbs, lowest first.
  func limbRows(_ numbers: [BigInteger]) -> [UInt64] {
    let columns = numbers.map { $0.limbs(limbCount) }
    return (0..<limbCount).flatMap { row in columns.map { $0[row] } }
  }
}
