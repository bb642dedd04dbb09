import GarbledCircuits

/// Opens those cells of a masked table whose noisy count reaches a minimum, and nothing of the others.
///
/// Encrypted aggregation leaves the analyst with packed entries that the provider has masked: for each cell and table the
/// number v + ρ mod 2^(k·w), where v holds the entries of w groups as digits of k bits (offset so that none is negative) and ρ is the
/// provider's uniform mask. Provider and analyst run `ComparisonGarbler` and `ComparisonEvaluator` with `function`,
/// one row for each cell, results to the evaluator alone:
///
///     provider = garbler: ρ of all tables                 analyst = evaluator: v + ρ of all tables
///                  subtract at full width, split into digits, and for each group
///                  visible = (digit of the first table ≥ threshold)
///                  open: visible, visible ∧ digit of every table
///
/// The analyst learns which cells are suppressed, and the noisy entries of the others; the provider learns nothing. The
/// compared count is the noisy one, so that opening costs no privacy beyond the noise's. Who opens margins of the same
/// table elsewhere lets suppressed cells be found by subtraction: open none.
public struct SmallCells: Sendable {
  /// Groups packed into one number, at least 1.
  public let groups: Int
  /// The bits of a digit in each table, 1…63; the first table holds the counts.
  public let digitBits: [Int]
  /// The least digit of the first table that is visible: the minimum count and the table's offset together.
  public let threshold: UInt64
  /// What both parties run.
  public let function: RowFunction

  /// The most tables: a count, and two totals for each of 32 measures.
  public static let largestTableCount = 65

  /// Throws `shapeOutOfRange`.
  public init(groups: Int, digitBits: [Int], threshold: UInt64) throws(ComparisonError) {
    guard (1...4096).contains(groups), (1...Self.largestTableCount).contains(digitBits.count),
      digitBits.allSatisfy((1...63).contains)
    else { throw .shapeOutOfRange }
    self.groups = groups
    self.digitBits = digitBits
    self.threshold = threshold
    let widths = digitBits.flatMap { Self.wordWidths($0 * groups) }
    function = try RowFunction(
      "small cells of \(groups) groups, digits of \(digitBits) bits, from \(threshold)", garbler: widths,
      evaluator: widths
    ) { builder, masks, masked in
      Self.open(&builder, masks, masked, groups: groups, digitBits: digitBits, threshold: threshold)
    }
  }

  /// What the rules of a run are: results go to the evaluator alone.
  public static func rules(checksEvaluator: Bool = false) -> ComparisonRules {
    ComparisonRules(receivers: .evaluator, checksEvaluator: checksEvaluator)
  }

  /// Fields of a cell on each side: the numbers of all tables in 64-bit words, lowest first.
  public var wordsPerCell: Int { function.garblerWidths.count }

  /// The entries of cells from a run's results: for each cell and group the digits of all tables, or nil where it is
  /// suppressed.
  public func entries(_ results: [UInt64]) -> [[[UInt64]?]] {
    let perGroup = 1 + digitBits.count
    let perCell = groups * perGroup
    precondition(results.count % perCell == 0, "results of whole cells")
    return stride(from: 0, to: results.count, by: perCell).map { cell in
      stride(from: cell, to: cell + perCell, by: perGroup).map { group in
        results[group] == 1 ? Array(results[group + 1..<group + perGroup]) : nil
      }
    }
  }

  private static func wordWidths(_ bits: Int) -> [Int] {
    stride(from: 0, to: bits, by: 64).map { min(64, bits - $0) }
  }

  private static func open(
    _ builder: inout CircuitBuilder, _ masks: [Word], _ masked: [Word], groups: Int, digitBits: [Int],
    threshold: UInt64
  ) -> [Word] {
    var position = 0
    var tables: [Word] = []
    for bits in digitBits {
      let words = wordWidths(bits * groups).count
      let mask = masks[position..<position + words].flatMap { $0 }
      let number = masked[position..<position + words].flatMap { $0 }
      tables.append(builder.subtract(number, mask))
      position += words
    }
    return (0..<groups).flatMap { group in
      let digits = zip(tables, digitBits).map { table, bits in Array(table[bits * group..<bits * (group + 1)])
      }
      let visible = isVisible(&builder, digits[0], threshold: threshold)
      return [[visible]] + digits.map { digit in digit.map { builder.and($0, visible) } }
    }
  }

  private static func isVisible(
    _ builder: inout CircuitBuilder, _ count: Word, threshold: UInt64
  ) -> Wire {
    guard threshold < 1 << UInt64(count.count) else { return .zero }
    let constant = CircuitBuilder.constant(threshold, width: count.count)
    return builder.isLessOrEqual(constant, count, .unsigned)
  }
}
