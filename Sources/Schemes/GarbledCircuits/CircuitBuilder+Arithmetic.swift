extension CircuitBuilder {
  /// a + b + carry modulo 2^width, and the carry out of it; `width` AND gates (one for each bit: c' = c ⊕ (a ⊕ c)(b ⊕ c)).
  public mutating func addingWithCarry(
    _ a: Word, _ b: Word, carry: Wire = .zero
  ) -> (sum: Word, carry: Wire) {
    var carry = carry
    var sum: Word = []
    for (x, y) in zipped(a, b) {
      let xc = xor(x, carry)
      sum.append(xor(xc, y))
      carry = xor(carry, and(xc, xor(y, carry)))
    }
    return (sum, carry)
  }

  /// a + b modulo 2^width; `width` − 1 AND gates.
  public mutating func add(_ a: Word, _ b: Word) -> Word { addingWithCarry(a, b).sum }

  /// a − b modulo 2^width; `width` − 1 AND gates.
  public mutating func subtract(_ a: Word, _ b: Word) -> Word {
    addingWithCarry(a, b.map { !$0 }, carry: .one).sum
  }

  /// −a modulo 2^width.
  public mutating func negate(_ a: Word) -> Word { subtract(.init(repeating: .zero, count: a.count), a) }

  /// |a| for a in two's complement, as an unsigned number of the same width.
  public mutating func magnitude(_ a: Word) -> Word {
    guard let sign = a.last else { return a }
    let flipped = a.map { xor($0, sign) }
    return addingWithCarry(flipped, .init(repeating: .zero, count: a.count), carry: sign).sum
  }

  /// The low `width` bits of a·b, both unsigned; for the whole product `width` is the sum of both widths.
  ///
  /// Schoolbook: about 2·|a|·|b| AND gates for the whole product.
  public mutating func multiply(_ a: Word, _ b: Word, width: Int) -> Word {
    var total = Word(repeating: .zero, count: width)
    for (shift, bit) in b.enumerated() where shift < width {
      // Beyond the carry of this row, the total is still zero.
      let end = min(width, shift + a.count + 1)
      var row = a.prefix(end - shift).map { and($0, bit) }
      row += Word(repeating: .zero, count: end - shift - row.count)
      total.replaceSubrange(shift..<end, with: add(Array(total[shift..<end]), row))
    }
    return total
  }

  /// a² with 2·|a| bits, a unsigned; about |a|² AND gates, since each product of two different bits is taken once.
  public mutating func square(_ a: Word) -> Word {
    let width = 2 * a.count
    var total = Word(repeating: .zero, count: width)
    for (index, bit) in a.enumerated() {
      // Row i is a_i·2^2i and a_i·a_j·2^(i+j+1) for j > i; the rows up to i add up to less than 2^(|a|+i+2).
      let end = min(width, a.count + index + 2)
      var row = [bit, .zero] + a[(index + 1)...].map { and($0, bit) }
      row = Self.extended(row, to: end - 2 * index, signed: false)
      total.replaceSubrange(2 * index..<end, with: add(Array(total[2 * index..<end]), row))
    }
    return total
  }

  /// ⌊a / divisor⌋ and a mod divisor, a unsigned, divisor > 0 a constant: restoring division.
  public mutating func divide(_ a: Word, by divisor: UInt64) -> (quotient: Word, remainder: Word) {
    precondition(divisor > 0, "division by zero")
    let width = 64 - divisor.leadingZeroBitCount
    // One bit more than the divisor, so that twice a remainder fits.
    let constant = Self.constant(divisor, width: width + 1)
    var remainder = Word(repeating: .zero, count: width)
    var quotient: Word = []
    for bit in a.reversed() {
      let shifted = [bit] + remainder
      let (difference, fits) = addingWithCarry(shifted, constant.map { !$0 }, carry: .one)
      quotient.append(fits)
      remainder = Array(select(fits, difference, else: shifted).prefix(width))
    }
    return (quotient.reversed(), remainder)
  }

  /// How many bits are set, in as many bits as the count needs; one AND gate for each full adder.
  public mutating func populationCount(_ bits: [Wire]) -> Word {
    let width = Int.bitWidth - bits.count.leadingZeroBitCount
    guard width > 0 else { return [] }
    var columns = [[Wire]](repeating: [], count: width + 1)
    columns[0] = bits
    var count: Word = []
    for weight in 0..<width {
      while columns[weight].count > 1 {
        let a = columns[weight].removeFirst(), b = columns[weight].removeFirst()
        let c = columns[weight].isEmpty ? Wire.zero : columns[weight].removeFirst()
        let (sum, carry) = addingWithCarry([a], [b], carry: c)
        columns[weight].append(sum[0])
        columns[weight + 1].append(carry)
      }
      count.append(columns[weight].first ?? .zero)
    }
    return count
  }

  /// The low `width` bits of a constant; bits above 63 are zero.
  public static func constant(_ value: UInt64, width: Int) -> Word {
    (0..<width).map { .constant($0 < 64 && value >> UInt64($0) & 1 == 1) }
  }

  /// The word with copies of its sign bit, or zeros, above it, or without its upper bits.
  public static func extended(_ word: Word, to width: Int, signed: Bool) -> Word {
    let fill = signed ? word.last ?? .zero : .zero
    return Array((word + Word(repeating: fill, count: max(0, width - word.count))).prefix(width))
  }
}
