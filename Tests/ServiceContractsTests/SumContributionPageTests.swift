import ByteCoding
import ServiceContracts
import TestSupport
import Testing

@Suite struct SumContributionPageTests {
  private static func page(_ count: Int, next: Int64?) -> SumContributionPage {
    SumContributionPage(
      entries: (0..<count).map {
        .init(
          contributor: "name \($0) é", version: $0,
          signature: $0 % 2 == 0 ? [] : [UInt8](repeating: 9, count: 64),
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
    // A length that no bytes follow takes no memory.
    #expect(
      SumContributionPage(
        decoding: bytes(next: 0, count: 1) {
          $0.append(lengthPrefixed: [0x61])
          $0.append(UInt64(0))
          $0.append(lengthPrefixed: [])
          $0.append(UInt32.max)
        }) == nil)
  }

  @Test func noPageIsLongerThanClientsTake() {
    for body in [1, 512, 108_583, 262_144, 262_145, 274_471, 5_000_000, SumContributionPage.largestBody] {
      let count = SumContributionPage.count(.max, ofBytes: body)
      #expect(count >= 1 && count <= SumContributionPage.largestCount)
      // With the longest names and signatures.
      let bytes = 16 + count * (128 + 8 + 64 + 12 + body)
      #expect(bytes <= SumContributionPage.largestByteCount, "\(body)")
      #expect(SumContributionPage.count(1, ofBytes: body) == 1)
    }
    #expect(SumContributionPage.count(.max, ofBytes: 108_583) == 64)
  }
}
