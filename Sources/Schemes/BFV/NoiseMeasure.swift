import BigIntegers
import PolynomialRing

/// Measures a noise polynomial; its owner alone may see the result.
enum NoiseMeasure {
  /// log2 of the largest centred coefficient, or −1 for zero.
  static func log2Maximum(_ noise: RNSPolynomial<Coefficient>) -> Double {
    // ⌊2^b·x/Q⌉ mod 2^b with 2^b ≥ 16·Q keeps x to four bits below one unit.
    let bits = noise.basis.product.bitWidth + 4
    let scaled = ModulusScaling(to: BigInteger(UInt64(1)) << bits, from: noise.basis)
    let limbs = scaled.limbs(of: noise, count: noise.degree)
    let modulus = Double(bits)
    var largest = -1.0
    for index in 0..<noise.degree {
      let top = (0..<scaled.limbCount).reversed().map { limbs[$0 * noise.degree + index] }
      largest = max(largest, log2Centred(top, modulus) - modulus + noise.basis.product.log2)
    }
    return largest
  }

  /// log2 of the distance from a number, in 48-bit limbs from the top, to the nearest multiple of 2^bits.
  private static func log2Centred(_ limbs: [UInt64], _ bits: Double) -> Double {
    let topBits = Int(bits) - 48 * (limbs.count - 1)
    let negative = limbs[0] >> UInt64(topBits - 1) & 1 == 1
    let mask = { (index: Int) -> UInt64 in index == 0 ? (1 << UInt64(topBits)) - 1 : (1 << 48) - 1 }
    // The complement is one below the magnitude: nothing, at four bits below a unit.
    let magnitudes = limbs.enumerated().map { negative ? ~$1 & mask($0) : $1 }
    guard let lead = magnitudes.firstIndex(where: { $0 != 0 }) else { return -.infinity }
    var value = Double(magnitudes[lead])
    if lead + 1 < magnitudes.count { value += Double(magnitudes[lead + 1]) / 281_474_976_710_656 }
    return value.log2 + 48 * Double(magnitudes.count - 1 - lead)
  }
}
