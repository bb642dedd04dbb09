import BFV
import BigIntegers
import TestSupport

/// What the plaintext ring must compute, by definition and without any code under test but `BigInteger`.
enum Reference {
  /// a·b modulo X^N + 1 and t, term by term, for coefficients in [0, t) and t < 2^54.
  static func product(_ a: [UInt64], _ b: [UInt64], modulo t: UInt64) -> [UInt64] {
    let degree = a.count
    var plus = [UInt128](repeating: 0, count: degree)
    var minus = plus
    for (i, x) in a.enumerated() where x != 0 {
      for j in 0..<(degree - i) { plus[i + j] += UInt128(x) * UInt128(b[j]) }
      for j in (degree - i)..<degree { minus[i + j - degree] += UInt128(x) * UInt128(b[j]) }
    }
    return zip(plus, minus).map { UInt64(($0 % UInt128(t) + UInt128(t) - $1 % UInt128(t)) % UInt128(t)) }
  }

  /// a·b modulo X^N + 1 and t for coefficients in [0, t) of any width: Kronecker substitution, which puts the
  /// coefficients into one integer, far enough apart that those of the product do not touch.
  static func product(_ a: [BigInteger], _ b: [BigInteger], modulo t: BigInteger) -> [BigInteger] {
    let degree = a.count
    let stride = (2 * t.bitWidth + 16 + 63) / 64
    func packed(_ polynomial: [BigInteger]) -> BigInteger {
      BigInteger(words: polynomial.flatMap { $0.words.padded(to: stride) })
    }
    let words = (packed(a) * packed(b)).words.padded(to: 2 * degree * stride)
    let terms = (0..<(2 * degree)).map {
      BigInteger(words: Array(words[($0 * stride)..<(($0 + 1) * stride)]))
    }
    return (0..<degree).map { (terms[$0] - terms[$0 + degree]) % t }
  }

  /// X^power·a modulo X^N + 1 and t.
  static func shifted(_ a: [UInt64], by power: Int, modulo t: UInt64) -> [UInt64] {
    var result = a
    for (index, value) in a.enumerated() {
      let exponent = ((index + power) % (2 * a.count) + 2 * a.count) % (2 * a.count)
      result[exponent % a.count] = exponent < a.count || value == 0 ? value : t - value
    }
    return result
  }

  /// Both rows of slots turned to the left.
  static func rotated(_ slots: [UInt64], by steps: Int) -> [UInt64] {
    let length = slots.count / 2
    return slots.indices.map { index in
      let column = ((index % length + steps) % length + length) % length
      return slots[index / length * length + column]
    }
  }

  /// The two rows of slots exchanged.
  static func rowsSwapped(_ slots: [UInt64]) -> [UInt64] {
    Array(slots[(slots.count / 2)...] + slots[..<(slots.count / 2)])
  }
}

extension [UInt64] {
  fileprivate func padded(to count: Int) -> [UInt64] {
    self + [UInt64](repeating: 0, count: count - self.count)
  }
}

extension SeededGenerator {
  /// One residue for each coefficient or slot.
  mutating func residues(_ parameters: Parameters) -> [UInt64] {
    let t = parameters.plaintextModulus.words[0]
    return (0..<parameters.degree).map { _ in UInt64.random(in: 0..<t, using: &self) }
  }

  /// One residue of any width for each coefficient.
  mutating func wideResidues(_ parameters: Parameters) -> [BigInteger] {
    (0..<parameters.degree).map { _ in below(parameters.plaintextModulus) }
  }

  /// A number in [0, bound), as good as uniform.
  mutating func below(_ bound: BigInteger) -> BigInteger {
    BigInteger(words: (0..<(bound.words.count + 2)).map { _ in next() }) % bound
  }
}

/// a·b mod t, slot by slot.
func slotwise(
  _ a: [UInt64], _ b: [UInt64], _ parameters: Parameters, _ operation: (UInt64, UInt64) -> UInt64
) -> [UInt64] {
  let t = parameters.plaintextModulus.words[0]
  return zip(a, b).map { operation($0, $1) % t }
}

/// Whether two encodings are equal, without a difference of many kilobytes in the report where they are not.
func same(_ a: [UInt8], _ b: [UInt8]) -> Bool { a == b }
