import BigIntegers
import Glibc

extension Double {
  /// log2 x.
  var log2: Double { Glibc.log2(self) }

  /// log2(2^a + 2^b) for a = self.
  func logAdding(_ b: Double) -> Double {
    let (high, low) = (Swift.max(self, b), Swift.min(self, b))
    guard low > -.infinity else { return high }
    return high + (1 + exp2(low - high)).log2
  }

  /// log2 √(4^a + 4^b) for a = self.
  func logAddingSquares(_ b: Double) -> Double { (2 * self).logAdding(2 * b) / 2 }
}

extension BigInteger {
  /// log2 x for x > 0, to a double's precision.
  var log2: Double {
    let shift = Swift.max(0, bitWidth - 53)
    return Double((self >> shift).words.first ?? 1).log2 + Double(shift)
  }
}
