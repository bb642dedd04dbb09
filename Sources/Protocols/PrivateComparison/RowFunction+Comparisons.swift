import GarbledCircuits

/// A comparison of two rows of signed numbers.
public enum ComparisonOperation: String, Sendable, CaseIterable {
  /// Whether each of the garbler's numbers is less than the evaluator's beside it.
  case lt
  /// The same with less or equal.
  case le
  /// Whether all numbers are equal.
  case eq
  /// The largest of all numbers of both rows.
  case max
  /// Where it stands: the garbler's numbers count from 0, the evaluator's go on behind them; the first wins a tie.
  case argmax
  /// Whether the two points come no further apart than a limit in any row: one bit for all rows.
  case within
}

extension RowFunction {
  /// A comparison of `columns` signed numbers of `bits` bits (two's complement, low `bits` bits of a field) on each side.
  ///
  /// `bits` is 1…64; for `within` at most 31, and `limit` is the largest distance that counts. `decimals` says in which unit
  /// the numbers are, which both sides compare. Results are unsigned fields: a bit, a
  /// number of `bits` bits, or an index. Throws `shapeOutOfRange`.
  public static func comparison(
    _ operation: ComparisonOperation, columns: Int, bits: Int, decimals: Int = 0, limit: UInt64 = 0
  ) throws(ComparisonError) -> RowFunction {
    guard (1...1024).contains(columns), (1...64).contains(bits) else { throw .shapeOutOfRange }
    let widths = [Int](repeating: bits, count: columns)
    let unit = "\(decimals) decimals"
    if operation == .within { return try within(widths, unit: unit, limit: limit) }
    return try RowFunction("\(operation.rawValue), \(unit)", garbler: widths, evaluator: widths) {
      builder, own, other in
      switch operation {
      case .lt: [[builder.allPairs(own, other) { $0.isLess($1, $2, .signed) }]]
      case .le: [[builder.allPairs(own, other) { $0.isLessOrEqual($1, $2, .signed) }]]
      case .eq: [[builder.allPairs(own, other) { $0.isEqual($1, $2) }]]
      case .max: [builder.argmax(own + other, .signed).maximum]
      case .argmax, .within: [builder.argmax(own + other, .signed).index]
      }
    }
  }

  /// Whether Σ (x − y)² ≤ limit² in any row.
  private static func within(
    _ widths: [Int], unit: String, limit: UInt64
  ) throws(ComparisonError) -> RowFunction {
    guard let bits = widths.first, bits <= 31, limit < 1 << 32 else { throw .shapeOutOfRange }
    // Squares of bits + 1 bits, and their sum.
    let sumBits = 2 * bits + Int.bitWidth - widths.count.leadingZeroBitCount
    // No larger limit can be missed.
    let square = min(limit * limit, sumBits < 64 ? (1 << UInt64(sumBits)) - 1 : .max)
    return try RowFunction("within \(limit), \(unit)", garbler: widths, evaluator: widths, opensAny: true) {
      builder, own, other in
      var sum = Word(repeating: .zero, count: sumBits)
      for (x, y) in zip(own, other) {
        let difference = builder.subtract(
          CircuitBuilder.extended(x, to: bits + 1, signed: true),
          CircuitBuilder.extended(y, to: bits + 1, signed: true))
        // At most 2^bits − 1, so that the top bit is zero.
        let distance = Word(builder.magnitude(difference).prefix(bits))
        let term = CircuitBuilder.extended(builder.square(distance), to: sumBits, signed: false)
        sum = builder.add(sum, term)
      }
      let constant = CircuitBuilder.constant(square, width: sumBits)
      return [[builder.isLessOrEqual(sum, constant, .unsigned)]]
    }
  }
}

extension CircuitBuilder {
  /// Whether a relation holds for all pairs.
  fileprivate mutating func allPairs(
    _ a: [Word], _ b: [Word], _ relation: (inout CircuitBuilder, Word, Word) -> Wire
  ) -> Wire {
    let holds = zip(a, b).map { relation(&self, $0, $1) }
    return all(holds)
  }
}
