extension Modulus {
  /// Whether q is prime. Miller–Rabin with the bases 2, 3, 5, …, 37, deterministic below 2^64 (Sorenson and
  /// Webster, "Strong pseudoprimes to twelve prime bases", 2015).
  public var isPrime: Bool {
    let bases: [UInt64] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
    for base in bases where value % base == 0 { return value == base }
    let twos = (value - 1).trailingZeroBitCount
    let odd = (value - 1) >> UInt64(twos)
    return bases.allSatisfy { base in
      var x = power(reduce(base), variableTimeExponent: odd)
      if x == 1 || x == value - 1 { return true }
      for _ in 1..<max(twos, 1) {
        x = multiply(x, x)
        if x == value - 1 { return true }
      }
      return false
    }
  }

  /// The `count` largest primes of exactly `bitWidth` bits with q ≡ 1 (mod `order`), in descending order.
  ///
  /// Throws `notFound` where fewer exist.
  public static func primes(
    bitWidth: Int, congruentToOneModulo order: UInt64, count: Int
  ) throws(ModularArithmeticError) -> [Modulus] {
    guard (2...maximumBitWidth).contains(bitWidth), order > 0 else { throw .modulusOutOfRange }
    let floor = UInt64(1) << UInt64(bitWidth - 1)
    var candidate = (2 * floor - 2) / order * order + 1
    var found: [Modulus] = []
    while found.count < count {
      // The floor itself is prime for two bits only. Being 1 modulo order, the candidate exceeds order here.
      guard candidate >= floor else { throw .notFound }
      let modulus = try Modulus(candidate)
      if modulus.isPrime { found.append(modulus) }
      candidate -= order
    }
    return found
  }

  /// The smallest primitive `order`-th root of unity modulo the prime q, for `order` a power of two ≥ 2.
  ///
  /// The smallest one, so that evaluation order is a property of (q, order) alone: both ends of a wire agree on it.
  /// Throws `notFound` where `order` does not divide q − 1.
  public func smallestPrimitiveRoot(ofOrder order: UInt64) throws(ModularArithmeticError) -> UInt64 {
    guard order >= 2, order & (order - 1) == 0, (value - 1) % order == 0 else { throw .notFound }
    let exponent = (value - 1) / order
    var root: UInt64 = 0
    for candidate in 2..<min(value, 4096) {
      let power = self.power(candidate, variableTimeExponent: exponent)
      if self.power(power, variableTimeExponent: order / 2) == value - 1 {
        root = power
        break
      }
    }
    guard root != 0 else { throw .notFound }
    // The primitive roots are the odd powers of any one of them.
    let square = multiply(root, root)
    var smallest = root
    for _ in 0..<(order / 2) {
      root = multiply(root, square)
      smallest = min(smallest, root)
    }
    return smallest
  }
}
