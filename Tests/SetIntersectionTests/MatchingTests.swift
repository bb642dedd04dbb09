import ByteCoding
import PrimeOrderGroup
import SetIntersection
import TestSupport
import Testing

@Suite struct MatchingTests {
  /// Runs both halves in memory, in batches; returns the analyst's labels and the provider's rows.
  private func match(
    _ shape: MatchingShape, groups: [Range<Int>], ids: [Int], dummies: [Int]
  ) throws -> (labels: [Int32], rowOfID: [Int32], counts: [Int]) {
    var analyst = try analyst(shape, groups)
    var provider = try MatchingProvider(shape, identifiers: self.ids(ids), dummies: dummies)
    try provider.receive(header: analyst.header())
    for start in stride(from: 0, to: shape.points, by: 100) {
      try provider.receive(points: analyst.points(start..<min(shape.points, start + 100)))
    }
    for start in stride(from: 0, to: shape.hashes, by: 19) {
      try analyst.receive(hashes: provider.hashes(start..<min(shape.hashes, start + 19)))
    }
    for start in stride(from: 0, to: shape.rows, by: 77) {
      try analyst.receive(points: provider.points(start..<min(shape.rows, start + 77)))
    }
    let isComplete = analyst.isComplete
    #expect(isComplete)
    return (analyst.rowLabels, provider.rowOfID, analyst.counts)
  }

  private func ids(_ numbers: some Sequence<Int>) -> ByteStrings {
    ByteStrings(numbers.map { Array("id\($0)".utf8) })
  }

  private func analyst(_ shape: MatchingShape, _ groups: [Range<Int>]) throws -> MatchingAnalyst {
    try MatchingAnalyst(
      shape, identifiers: ids(groups.joined()),
      groups: groups.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1.count) })
  }

  private func shape(
    _ lengths: [Int], dummies: Int = 0, rows: Int = 8, salt: UInt8 = 0,
    purpose: MatchingShape.Purpose = .statistics
  ) throws -> MatchingShape {
    try MatchingShape(
      purpose: purpose, groupLengths: lengths, maximumDummies: dummies, rows: rows, hashBits: 80,
      salt: [UInt8](repeating: salt, count: 32))
  }

  @Test func everyRowIsLabelledWithItsGroupAndDummiesAddToTheCounts() throws {
    let provided = Array(30..<70) + Array(300..<400) + [202]
    let result = try match(
      shape([60, 30, 4, 3], dummies: 10, rows: 220), groups: [0..<50, 50..<80, 100..<100, 200..<203],
      ids: provided, dummies: [3, 0, 5, 10])
    for (index, number) in provided.enumerated() {
      let expected: Int32 = number < 50 ? 0 : number < 80 ? 1 : number == 202 ? 3 : -1
      #expect(result.labels[Int(result.rowOfID[index])] == expected, "id \(number)")
    }
    #expect(result.counts == [20 + 3, 20, 5, 1 + 10])
    #expect(Set(result.rowOfID).count == provided.count)
  }

  @Test func matchesOfManyIdsAreThePlainIntersection() throws {
    let result = try match(
      shape([3000, 2500], dummies: 4, rows: 6000), groups: [0..<3000, 3000..<5500], ids: Array(1000..<6900),
      dummies: [0, 4])
    for (index, number) in (1000..<6900).enumerated() {
      let expected: Int32 = number < 3000 ? 0 : number < 5500 ? 1 : -1
      #expect(result.labels[Int(result.rowOfID[index])] == expected, "id \(number)")
    }
    #expect(result.counts == [2000, 2500 + 4])
  }

  @Test func elementsNamesTheAnalystsOwnIds() throws {
    let result = try match(
      shape([40], rows: 60, purpose: .elements), groups: [0..<40], ids: Array(20..<70), dummies: [0])
    #expect(result.labels.filter { $0 >= 0 }.sorted() == (20..<40).map { Int32($0) })
  }

  @Test func anotherSaltMatchesNothing() throws {
    var analyst = try analyst(shape([4], rows: 4, salt: 1), [0..<4])
    var provider = try MatchingProvider(shape([4], rows: 4, salt: 2), identifiers: ids(0..<4), dummies: [0])
    try provider.receive(header: analyst.header())
    try provider.receive(points: analyst.points(0..<4))
    try analyst.receive(hashes: provider.hashes(0..<4))
    try analyst.receive(points: provider.points(0..<4))
    let counts = analyst.counts
    #expect(counts == [0])
  }

  @Test func shapesAndSetsThatDoNotFitAreRefused() throws {
    for lengths in [[], [-1], [0], [.max, .max], [1 << 27, 1]] {
      #expect(throws: MatchingError.shapeOutOfRange) { _ = try shape(lengths) }
    }
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try shape([1], dummies: 9) }
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try shape([1], rows: .max) }
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try analyst(shape([4]), [0..<5]) }
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try analyst(shape([4]), [0..<3, 3..<4]) }
    #expect(throws: MatchingError.shapeOutOfRange) {
      _ = try MatchingAnalyst(shape([4]), identifiers: ids(0..<2), groups: [0, -1])
    }
    #expect(throws: MatchingError.shapeOutOfRange) {
      _ = try MatchingAnalyst(shape([4]), identifiers: ids(0..<2), groups: [0])
    }
    #expect(throws: MatchingError.shapeOutOfRange) {
      _ = try MatchingProvider(shape([4]), identifiers: ids(0..<9), dummies: [0])
    }
  }

  @Test func hashesAreLongEnoughForTwoOfTheLongestListToDifferButWithTwoToMinusForty() throws {
    #expect(try shape([1 << 20], rows: 1 << 20).hashBytes == 10)
    #expect(try shape([1 << 20], dummies: 9, rows: 1 << 20).hashBytes == 11)
    #expect(try shape([4], rows: 1 << 27).hashBytes == 12)
  }

  @Test func malformedMessagesAreRefused() throws {
    var provider = try MatchingProvider(shape([4]), identifiers: ids(0..<2), dummies: [0])
    let header = try analyst(shape([4]), [0..<4]).header()
    let bad = [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32), [1, 2, 3]]
    #expect(throws: MatchingError.invalidMessage) { try provider.receive(points: header) }
    for bytes in bad {
      #expect(throws: MatchingError.invalidMessage) { try provider.receive(header: bytes) }
    }
    try provider.receive(header: header)
    #expect(throws: MatchingError.invalidMessage) { try provider.receive(header: header) }
    for bytes in bad {
      #expect(throws: MatchingError.invalidMessage) { try provider.receive(points: bytes) }
    }
    #expect(throws: MatchingError.invalidMessage) { _ = try provider.hashes(0..<1) }
  }

  /// Without this one id in several groups would cost more ε and δ than was charged.
  @Test(arguments: [[5, 7], [1, 2], [0, 9]])
  func theProviderRefusesEqualPointsInOneGroupOrInTwo(places: [Int]) throws {
    let shape = try shape([5, 5], dummies: 1, rows: 20)
    var analyst = try analyst(shape, [0..<4, 5..<10])
    var provider = try MatchingProvider(shape, identifiers: ids(0..<9), dummies: [1, 0])
    try provider.receive(header: analyst.header())
    var points = try analyst.points(0..<10)
    let first = Array(points[(32 * places[0])..<(32 * places[0] + 32)])
    points.replaceSubrange((32 * places[1])..<(32 * places[1] + 32), with: first)
    try provider.receive(points: Array(points[..<160]))
    #expect(throws: MatchingError.invalidMessage) { try provider.receive(points: Array(points[160...])) }
  }

  @Test func theAnalystRefusesEqualPointsAndEqualHashes() throws {
    for isPoint in [true, false] {
      let shape = try shape([5, 5], rows: 20)
      var analyst = try analyst(shape, [0..<4, 5..<10])
      var provider = try MatchingProvider(shape, identifiers: ids(0..<9), dummies: [0, 0])
      try provider.receive(header: analyst.header())
      try provider.receive(points: analyst.points(0..<10))
      var hashes = try provider.hashes(0..<10)
      var points = try provider.points(0..<20)
      if isPoint {
        points.replaceSubrange(0..<32, with: Array(points[(32 * 19)...]))
      } else {
        let size = shape.hashBytes
        hashes.replaceSubrange(0..<size, with: Array(hashes[(size * 9)...]))
      }
      try analyst.receive(hashes: hashes)
      #expect(throws: MatchingError.invalidMessage) { try analyst.receive(points: points) }
    }
  }

  /// Time and order of what the provider sends would tell which point is whose.
  @Test func hashesLeaveInAscendingOrder() throws {
    let shape = try shape([40, 30], dummies: 6, rows: 100)
    var analyst = try analyst(shape, [0..<40, 50..<75])
    var provider = try MatchingProvider(shape, identifiers: ids(20..<70), dummies: [2, 5])
    try provider.receive(header: analyst.header())
    try provider.receive(points: analyst.points(0..<70))
    let size = shape.hashBytes
    for group in [0..<46, 46..<82] {
      let bytes = try provider.hashes(group)
      let hashes = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<($0 + size)]) }
      #expect(zip(hashes, hashes.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    }
  }
}
