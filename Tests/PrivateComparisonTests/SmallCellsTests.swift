import PrivateComparison
import TestSupport
import Testing

@Suite struct SmallCellsTests {
  /// A number of `bits` bits in words, lowest first: sums and random values modulo 2^bits.
  private struct Number {
    var words: [UInt64]
    let bits: Int

    init(digits: [UInt64], digitBits: Int) {
      bits = digits.count * digitBits
      words = Array(repeating: 0, count: (bits + 63) / 64)
      for (index, digit) in digits.enumerated() {
        for bit in 0..<digitBits where digit >> UInt64(bit) & 1 == 1 {
          let place = index * digitBits + bit
          words[place / 64] |= 1 << UInt64(place % 64)
        }
      }
    }

    init(random: inout SeededGenerator, bits: Int) {
      self.bits = bits
      words = (0..<(bits + 63) / 64).map { _ in random.next() }
      truncate()
    }

    mutating func add(_ other: Number) {
      var carry: UInt64 = 0
      for index in words.indices {
        let (a, over1) = words[index].addingReportingOverflow(other.words[index])
        let (b, over2) = a.addingReportingOverflow(carry)
        words[index] = b
        carry = (over1 ? 1 : 0) + (over2 ? 1 : 0)
      }
      truncate()
    }

    private mutating func truncate() {
      if bits % 64 != 0 { words[words.count - 1] &= (1 << UInt64(bits % 64)) - 1 }
    }
  }

  @Test(arguments: [
    (groups: 1, digitBits: [20], threshold: UInt64(10)), (3, [24, 40], 1000), (5, [44, 44, 60], 1 << 40),
    (2, [8, 8], 0), (2, [8, 8], 256),
  ])
  func exactlyTheCellsThatReachTheMinimumAreOpened(
    groups: Int, digitBits: [Int], threshold: UInt64
  ) throws {
    var random = SeededGenerator()
    let cells = try SmallCells(groups: groups, digitBits: digitBits, threshold: threshold)
    var want: [[[UInt64]?]] = []
    var masks: [UInt64] = [], masked: [UInt64] = []
    for _ in 0..<70 {
      let tables = digitBits.enumerated().map { table, bits in
        (0..<groups).map { _ in
          let top: UInt64 = (1 << UInt64(bits)) - 1
          // Counts around the threshold, and anything else.
          let near = min(
            top, threshold &+ UInt64.random(in: 0...2, using: &random) &- (threshold > 0 ? 1 : 0))
          return table == 0 && Bool.random(using: &random) ? near : random.next() & top
        }
      }
      want.append(
        (0..<groups).map { group in
          tables[0][group] >= threshold ? tables.map { $0[group] } : nil
        })
      for (digits, bits) in zip(tables, digitBits) {
        let mask = Number(random: &random, bits: bits * groups)
        var value = Number(digits: digits, digitBits: bits)
        value.add(mask)
        masks += mask.words
        masked += value.words
      }
    }
    #expect(masks.count == 70 * cells.wordsPerCell)
    var run = Simulation()
    try run.run(cells.function, SmallCells.rules(), garbler: masks, evaluator: masked)
    #expect(cells.entries(run.evaluatorResults) == want, "seed \(random.seed)")
    #expect(run.garblerResults.isEmpty)
  }

  @Test func suppressedEntriesAreZeroInWhatIsOpened() throws {
    let cells = try SmallCells(groups: 1, digitBits: [8, 8], threshold: 5)
    var run = Simulation()
    try run.run(
      cells.function, SmallCells.rules(checksEvaluator: true), garbler: [0, 0, 0, 0],
      evaluator: [4, 99, 5, 99])
    #expect(run.evaluatorResults == [0, 0, 0, 1, 5, 99])
  }

  private static func bits(_ tables: Int) -> [Int] { [Int](repeating: 8, count: tables) }

  /// A count, and the totals of values and squares of 32 measures.
  @Test func asManyTablesAsAStudyCanHaveAreOpened() throws {
    let cells = try SmallCells(groups: 2, digitBits: Self.bits(SmallCells.largestTableCount), threshold: 5)
    var run = Simulation()
    try run.run(
      cells.function, SmallCells.rules(), garbler: [UInt64](repeating: 0, count: 65),
      evaluator: [0x0405] + (1..<65).map { 0x100 * $0 + 7 })
    #expect(cells.entries(run.evaluatorResults) == [[[5] + [UInt64](repeating: 7, count: 64), nil]])
  }

  @Test func shapesOutOfRangeAreRefused() {
    for (groups, bits) in [
      (0, [8]), (4097, [8]), (1, []), (1, [0]), (1, [64]), (4096, [60]), (1, Self.bits(66)),
    ] {
      #expect(throws: ComparisonError.shapeOutOfRange) {
        try SmallCells(groups: groups, digitBits: bits, threshold: 1)
      }
    }
  }
}
