import ByteCoding
import ServiceContracts
import TestSupport
import Testing

@Suite struct SumContributionPageTests {
  private static func page(_ count: Int, next: Int64?) -> SumContributionPage {
    SumContributionPage(
      entries: (0..<count).map {
        .init(
          contributor: "name \($0) é", version: $0, signature: [UInt8](repeating: 9, count: $0 == 0 ? 0 : 64),
          body: [UInt8](repeating: 7, count: $0))
      },
      next: next)
  }

  @Test(arguments: [0, 1, SumContributionPage.largestCount], [nil, 1, Int64.max])
  func aPageIsReadAsItWasWritten(count: Int, next: Int64?) {
    let page = Self.page(count, next: next)
    #expect(SumContributionPage(decoding: page.encoded()) == page)
  }

  @Test func cutLengthenedOrOtherPagesAreRefused() {
    let bytes = Self.page(3, next: 5).encoded()
    for count in 0..<bytes.count { #expect(SumContributionPage(decoding: Array(bytes.prefix(count))) == nil) }
    #expect(SumContributionPage(decoding: bytes + [0]) == nil)
    for index in 0..<FormatHeader.byteCount {
      var other = bytes
      other[index] ^= 0x40
      #expect(SumContributionPage(decoding: other) == nil, "byte \(index) of the header")
    }
  }

  @Test func marksNumbersAndLengthsBeyondTheirBoundsAreRefused() {
    func bytes(next: UInt64, count: UInt32, _ rest: (inout ByteWriter) -> Void) -> [UInt8] {
      var writer = ByteWriter()
      writer.append(FormatHeader(type: 0x5303, version: 2))
      writer.append(next)
      writer.append(count)
      rest(&writer)
      return writer.finish()
    }
    #expect(SumContributionPage(decoding: bytes(next: 0, count: 0) { _ in })?.next == nil)
    // No store has a mark of 64 bits.
    #expect(SumContributionPage(decoding: bytes(next: 1 << 63, count: 0) { _ in }) == nil)
    let entry: (inout ByteWriter) -> Void = {
      $0.append(lengthPrefixed: [0x61])
      $0.append(UInt64(0))
      $0.append(lengthPrefixed: [])
      $0.append(lengthPrefixed: [])
    }
    let most = SumContributionPage.largestCount
    for count in [most, most + 1] {
      let page = SumContributionPage(
        decoding: bytes(next: 0, count: UInt32(count)) { for _ in 0..<count { entry(&$0) } })
      #expect((page != nil) == (count == most))
    }
    for (name, isName) in [
      ([UInt8](repeating: 0x61, count: 128), true), ([UInt8](repeating: 0x61, count: 129), false),
      ([0xFF], false),
    ] {
      let page = SumContributionPage(
        decoding: bytes(next: 0, count: 1) {
          $0.append(lengthPrefixed: name)
          $0.append(UInt64(0))
          $0.append(lengthPrefixed: [])
          $0.append(lengthPrefixed: [1])
        })
      #expect((page != nil) == isName)
    }
    for (version, length, isEntry) in [
      (UInt64(Int64.max), 64, true), (1 << 63, 64, false), (1, 65, false),
    ] {
      let page = SumContributionPage(
        decoding: bytes(next: 0, count: 1) {
          $0.append(lengthPrefixed: [0x61])
          $0.append(version)
          $0.append(lengthPrefixed: [UInt8](repeating: 1, count: length))
          $0.append(lengthPrefixed: [1])
        })
      #expect((page != nil) == isEntry)
    }
    // A length that no bytes follow takes no memory.
    #expect(
      SumContributionPage(
        decoding: bytes(next: 0, count: 1) {
          $0.append(lengthPrefixed: [0x61])
          $0.append(UInt64(0))
          $0.append(UInt32.max)
        }) == nil)
  }

  @Test func thePageOfTheMostBytesIsNoLongerThanClientsTake() {
    let body = SumContributionPage.largestBody, count = SumContributionPage.bodyBytes / body
    #expect(count * body == SumContributionPage.bodyBytes)
    // The last one began below the bound.
    let longest = SumContributionPage.bodyBytes - 1 + body
    let names = SumContributionPage.largestCount * (128 + 8 + 64 + 12)
    #expect(longest + names + 16 <= SumContributionPage.largestByteCount)
  }
}
