import ByteCoding
import TestSupport
import Testing

@Suite struct ByteStringsTests {
  @Test func stringsComeBackAsTheyWerePutIn() {
    var random = SeededGenerator()
    let strings = (0..<300).map { _ in
      (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    var one = ByteStrings()
    for string in strings { one.append(string) }
    #expect(one == ByteStrings(strings) && one.count == 300)
    #expect(one.map { Array($0) } == strings, "seed \(random.seed)")
    #expect(one.bytes == Array(strings.joined()))
    var odd = ByteStrings()
    for index in stride(from: 1, to: 300, by: 2) { odd.append(one, at: index) }
    #expect(odd.indices.allSatisfy { Array(odd[$0]) == strings[2 * $0 + 1] })
    for index in 0..<300 {
      let copy = unsafe one.withUnsafeBytes(at: index) { unsafe Array($0) }
      #expect(copy == strings[index])
    }
    one.removeAll()
    #expect(one.isEmpty && one.bytes.isEmpty)
  }

  @Test func boundariesCount() {
    #expect(ByteStrings([[1], [2, 3]]) != ByteStrings([[1, 2], [3]]))
    #expect(ByteStrings([[], []]).count == 2 && ByteStrings([[], []]) != ByteStrings())
  }
}
