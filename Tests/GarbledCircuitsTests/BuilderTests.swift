import GarbledCircuits
import TestSupport
import Testing

/// Every operation of the builder against Swift's integers.
@Suite struct BuilderTests {
  private func mask(_ width: Int) -> UInt64 { width == 64 ? .max : (1 << UInt64(width)) - 1 }

  private func signed(_ value: UInt64, _ width: Int) -> Int64 {
    Int64(bitPattern: value << UInt64(64 - width)) >> Int64(64 - width)
  }

  /// Edge values and random ones.
  private func values(_ width: Int, _ random: inout SeededGenerator) -> [UInt64] {
    let top: UInt64 = 1 << UInt64(width - 1)
    return [0, 1, 2, top - 1, top, top + 1, mask(width) - 1, mask(width)].map { $0 & mask(width) }
      + (0..<6).map { _ in random.next() & mask(width) }
  }

  /// Checks a circuit of two words on all pairs of values.
  private func check(
    _ width: Int, _ random: inout SeededGenerator, _ name: String,
    _ body: (inout CircuitBuilder, Word, Word) -> Word, _ expected: (UInt64, UInt64) -> UInt64
  ) {
    let built = circuit([width, width]) { builder, words in [body(&builder, words[0], words[1])] }
    let values = values(width, &random)
    for a in values {
      for b in values {
        let result = number(built.evaluate(bits(a, width) + bits(b, width)))
        #expect(
          result == expected(a, b), "\(name) of \(a) and \(b) in \(width) bits, seed \(random.seed)")
      }
    }
  }

  @Test(arguments: [1, 2, 5, 8, 31, 32, 64])
  func sumsDifferencesAndProductsWrapAsIntegersDo(width: Int) {
    var random = SeededGenerator()
    let mask = mask(width)
    check(width, &random, "sum") {
      $0.add($1, $2)
    } _: {
      ($0 &+ $1) & mask
    }
    check(width, &random, "difference") {
      $0.subtract($1, $2)
    } _: {
      ($0 &- $1) & mask
    }
    check(width, &random, "product") {
      $0.multiply($1, $2, width: width)
    } _: {
      ($0 &* $1) & mask
    }
    check(width, &random, "negation") { builder, a, _ in
      builder.negate(a)
    } _: { a, _ in
      (0 &- a) & mask
    }
    check(width, &random, "magnitude") { builder, a, _ in
      builder.magnitude(a)
    } _: { a, _ in
      signed(a, width).magnitude & mask
    }
  }

  @Test(arguments: [1, 2, 5, 16, 31, 32])
  func wholeProductsAndSquaresAreExact(width: Int) {
    var random = SeededGenerator()
    check(width, &random, "product") {
      $0.multiply($1, $2, width: 2 * width)
    } _: {
      $0 * $1
    }
    check(width, &random, "square") { builder, a, _ in
      builder.square(a)
    } _: { a, _ in
      a * a
    }
  }

  @Test(arguments: [1, 2, 5, 8, 31, 32, 64])
  func comparisonsAgreeWithIntegersSignedAndUnsigned(width: Int) {
    var random = SeededGenerator()
    func both(
      _ name: String, _ body: @escaping (inout CircuitBuilder, Word, Word, Signedness) -> Word,
      _ unsigned: (UInt64, UInt64) -> UInt64, _ signedAnswer: (Int64, Int64) -> UInt64
    ) {
      check(width, &random, name) {
        body(&$0, $1, $2, .unsigned)
      } _: {
        unsigned($0, $1)
      }
      check(width, &random, "signed " + name) {
        body(&$0, $1, $2, .signed)
      } _: { a, b in
        signedAnswer(signed(a, width), signed(b, width)) & mask(width)
      }
    }
    both("less") {
      [$0.isLess($1, $2, $3)]
    } _: {
      $0 < $1 ? 1 : 0
    } _: {
      $0 < $1 ? 1 : 0
    }
    both("less or equal") {
      [$0.isLessOrEqual($1, $2, $3)]
    } _: {
      $0 <= $1 ? 1 : 0
    } _: {
      $0 <= $1 ? 1 : 0
    }
    both("equal") { builder, a, b, _ in
      [builder.isEqual(a, b)]
    } _: {
      $0 == $1 ? 1 : 0
    } _: {
      $0 == $1 ? 1 : 0
    }
    both("minimum") {
      $0.minimum($1, $2, $3)
    } _: {
      min($0, $1)
    } _: {
      UInt64(bitPattern: min($0, $1))
    }
    both("maximum") {
      $0.maximum($1, $2, $3)
    } _: {
      max($0, $1)
    } _: {
      UInt64(bitPattern: max($0, $1))
    }
  }

  @Test func selectionsAndTreesOfBitsAgreeWithTheirDefinition() {
    for value in 0..<(1 << 7) {
      let values = bits(UInt64(value), 7)
      let built = circuit([1, 3, 3]) { builder, words in
        let everything = words[0] + words[1] + words[2]
        return [
          builder.select(words[0][0], words[1], else: words[2]), [builder.all(everything)],
          [builder.any(everything)], [builder.all([]), builder.any([])],
          [builder.or(words[1][0], words[2][0])],
        ]
      }
      let chosen = Array(values[0] ? values[1..<4] : values[4..<7])
      let rest = [values.allSatisfy { $0 }, values.contains(true), true, false, values[1] || values[4]]
      #expect(built.evaluate(values) == chosen + rest, "\(value)")
    }
  }

  @Test func quotientsAndRemaindersByConstantsAreExact() {
    var random = SeededGenerator()
    for width in [1, 7, 32, 64] {
      for divisor in [1, 2, 3, 7, 10, 255, 1000, 1 << 31, UInt64.max] {
        let built = circuit([width]) { builder, words in
          let (quotient, remainder) = builder.divide(words[0], by: divisor)
          return [quotient, remainder]
        }
        for value in values(width, &random) {
          let result = built.evaluate(bits(value, width))
          #expect(number(result[..<width]) == value / divisor, "\(value) / \(divisor), seed \(random.seed)")
          #expect(number(result[width...]) == value % divisor, "\(value) mod \(divisor), seed \(random.seed)")
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 11])
  func theLargestOfManyIsFoundWithItsLowestIndex(count: Int) {
    var random = SeededGenerator()
    let built = circuit(Array(repeating: 3, count: count)) { builder, words in
      let (maximum, index) = builder.argmax(words, .signed)
      return [maximum, index]
    }
    for _ in 0..<100 {
      let values = (0..<count).map { _ in Int64.random(in: -4...3, using: &random) }
      let result = built.evaluate(values.flatMap { bits(UInt64(bitPattern: $0), 3) })
      let largest = values.max() ?? 0
      #expect(signed(number(result[..<3]), 3) == largest, "\(values), seed \(random.seed)")
      #expect(Int(number(result[3...])) == values.firstIndex(of: largest), "\(values), seed \(random.seed)")
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16])
  func sortingGivesAscendingOrder(count: Int) {
    var random = SeededGenerator()
    let built = circuit(Array(repeating: 4, count: count)) { builder, words in
      builder.sorted(words, .unsigned)
    }
    for _ in 0..<100 {
      let values = (0..<count).map { _ in UInt64.random(in: 0...15, using: &random) }
      let result = built.evaluate(values.flatMap { bits($0, 4) })
      let sorted = (0..<count).map { number(result[4 * $0..<4 * $0 + 4]) }
      #expect(sorted == values.sorted(), "\(values), seed \(random.seed)")
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7, 8, 31, 64])
  func setBitsAreCounted(width: Int) {
    var random = SeededGenerator()
    let built = circuit([width]) { builder, words in [builder.populationCount(words[0])] }
    for value in values(width, &random) {
      #expect(number(built.evaluate(bits(value, width))) == value.nonzeroBitCount, "\(value)")
    }
  }

  @Test func gatesCostWhatTheirDocumentationSays() {
    func count(_ widths: [Int], _ body: (inout CircuitBuilder, [Word]) -> [Word]) -> Int {
      circuit(widths, body).andCount
    }
    #expect(count([32, 32]) { builder, words in [[builder.isLess(words[0], words[1], .signed)]] } == 32)
    #expect(count([32, 32]) { builder, words in [[builder.isEqual(words[0], words[1])]] } == 31)
    #expect(count([32, 32]) { builder, words in [builder.add(words[0], words[1])] } == 31)
    #expect(count([32, 32]) { builder, words in [builder.maximum(words[0], words[1], .signed)] } == 64)
    #expect(count([8]) { builder, words in [builder.and(words[0], words[0])] } == 0)
  }
}
