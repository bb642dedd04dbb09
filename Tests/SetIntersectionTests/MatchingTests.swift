import PrimeOrderGroup
import SetIntersection
import TestSupport
import Testing

@Suite struct MatchingTests {
  /// Runs both halves in memory, in batches; returns the analyst's labels and the provider's rows.
  private func match(
    _ shape: MatchingShape, groups: [[[UInt8]]], ids: [[UInt8]], dummies: [Int]
  ) throws -> (labels: [Int32], rowOfID: [Int32], counts: [Int]) {
    var analyst = try MatchingAnalyst(shape, groups: groups)
    var provider = try MatchingProvider(shape, ids: ids, dummies: dummies)
    try provider.receive(header: analyst.header())
    for start in stride(from: 0, to: shape.points, by: 100) {
      try provider.receive(points: analyst.points(start..<min(shape.points, start + 100)))
    }
    for group in groups.indices { try analyst.receive(hashes: provider.hashes(ofGroup: group)) }
    for start in stride(from: 0, to: shape.rows, by: 77) {
      try analyst.receive(points: provider.points(start..<min(shape.rows, start + 77)))
    }
    let isComplete = analyst.isComplete
    #expect(isComplete)
    return (analyst.rowLabels, provider.rowOfID, analyst.counts)
  }

  private func ids(_ numbers: some Sequence<Int>) -> [[UInt8]] { numbers.map { Array("id\($0)".utf8) } }

  private func shape(
    _ lengths: [Int], dummies: Int = 0, rows: Int = 8, salt: UInt8 = 0,
    purpose: MatchingShape.Purpose = .statistics
  ) throws -> MatchingShape {
    try MatchingShape(
      purpose: purpose, groupLengths: lengths, maximumDummies: dummies, rows: rows, hashBits: 80,
      salt: [UInt8](repeating: salt, count: 32))
  }

  @Test func everyRowIsLabelledWithItsGroupAndDummiesAddToTheCounts() throws {
    let groups = [ids(0..<50), ids(50..<80), ids(100..<100), ids(200..<203)]
    let provided = Array(30..<70) + Array(300..<400) + [202]
    let result = try match(
      shape([60, 30, 4, 3], dummies: 10, rows: 220), groups: groups, ids: ids(provided),
      dummies: [3, 0, 5, 10])
    for (index, number) in provided.enumerated() {
      let expected: Int32 = number < 50 ? 0 : number < 80 ? 1 : number == 202 ? 3 : -1
      #expect(result.labels[Int(result.rowOfID[index])] == expected, "id \(number)")
    }
    #expect(result.counts == [20 + 3, 20, 5, 1 + 10])
    #expect(Set(result.rowOfID).count == provided.count)
  }

  @Test func elementsNamesTheAnalystsOwnIds() throws {
    let result = try match(
      shape([40], rows: 60, purpose: .elements), groups: [ids(0..<40)], ids: ids(20..<70), dummies: [0])
    #expect(result.labels.filter { $0 >= 0 }.sorted() == (20..<40).map { Int32($0) })
  }

  @Test func anotherSaltMatchesNothing() throws {
    var analyst = try MatchingAnalyst(shape([4], rows: 4, salt: 1), groups: [ids(0..<4)])
    var provider = try MatchingProvider(shape([4], rows: 4, salt: 2), ids: ids(0..<4), dummies: [0])
    try provider.receive(header: analyst.header())
    try provider.receive(points: analyst.points(0..<4))
    try analyst.receive(hashes: provider.hashes(ofGroup: 0))
    try analyst.receive(points: provider.points(0..<4))
    let counts = analyst.counts
    #expect(counts == [0])
  }

  @Test func shapesAndSetsThatDoNotFitAreRefused() throws {
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try shape([]) }
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try shape([-1]) }
    #expect(throws: MatchingError.shapeOutOfRange) { _ = try shape([1], dummies: 9) }
    #expect(throws: MatchingError.shapeOutOfRange) {
      _ = try MatchingAnalyst(shape([4]), groups: [ids(0..<5)])
    }
    #expect(throws: MatchingError.shapeOutOfRange) {
      _ = try MatchingProvider(shape([4]), ids: ids(0..<9), dummies: [0])
    }
  }

  @Test func malformedMessagesAreRefused() throws {
    var provider = try MatchingProvider(shape([4]), ids: ids(0..<2), dummies: [0])
    let header = try MatchingAnalyst(shape([4]), groups: [ids(0..<4)]).header()
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
    #expect(throws: MatchingError.invalidMessage) { _ = try provider.hashes(ofGroup: 0) }
  }
}
