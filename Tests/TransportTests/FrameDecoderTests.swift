import TestSupport
import Testing
import Transport

@Suite struct FrameDecoderTests {
  private static let frames = [
    Frame(kind: .data, messageType: 9, sequence: 0x0102_0304, remaining: 77, payload: [1, 2, 3]),
    Frame(kind: .acknowledge, sequence: .max),
    Frame(kind: .data, sequence: 5),
    Frame(kind: .finish, sequence: 6),
    Frame(kind: .goodbye),
    Frame.abort(AbortCode(rawValue: 0x1234)),
  ]

  @Test func framesSurviveEncodingHoweverTheStreamIsCut() throws {
    var generator = SeededGenerator()
    let bytes = Self.frames.flatMap(\.encoded)
    for _ in 0..<200 {
      var decoder = FrameDecoder()
      var decoded: [Frame] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...40, using: &generator))
        try decoder.decode(piece, into: &decoded)
        rest = rest.dropFirst(piece.count)
      }
      #expect(decoded == Self.frames, "seed \(generator.seed)")
    }
  }

  @Test func headerIsLaidOutAsDocumented() {
    let expected: [UInt8] = [3, 0, 0, 0, 4, 9, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0]
    #expect(Self.frames[0].header == expected)
  }

  @Test func truncatedFrameGivesNothing() throws {
    let bytes = Self.frames[0].encoded
    for count in 0..<bytes.count {
      var decoder = FrameDecoder()
      var decoded: [Frame] = []
      try decoder.decode(bytes.prefix(count), into: &decoded)
      #expect(decoded.isEmpty)
    }
  }

  @Test func impossibleHeadersAreRefused() {
    func header(_ change: (inout [UInt8]) -> Void, of frame: Frame = Self.frames[0]) -> [UInt8] {
      var bytes = frame.header
      change(&bytes)
      return bytes
    }
    let cases: [([UInt8], FrameFault)] = [
      (header { $0[4] = 0 }, .unknownKind(0)),
      (header { $0[4] = 9 }, .unknownKind(9)),
      (header { $0[3] = 0xFF }, .payloadLength(0xFF00_0003)),
      (header { $0.replaceSubrange(0..<4, with: [1, 0, 0x10, 0]) }, .payloadLength(0x10_0001)),
      (header { $0[6] = 1 }, .reservedBits),
      (header { $0[7] = 1 }, .reservedBits),
      (header { $0[0] = 0 }, .continuation),
      (header({ $0[0] = 1 }, of: Frame(kind: .goodbye)), .payloadLength(1)),
      (header({ $0[5] = 1 }, of: Frame(kind: .goodbye)), .reservedBits),
      (header({ $0[8] = 1 }, of: Frame(kind: .goodbye)), .reservedBits),
      (header({ $0[16] = 1 }, of: Frame(kind: .acknowledge)), .reservedBits),
      (header({ $0[0] = 1 }, of: Frame(kind: .hello)), .payloadLength(1)),
      (header({ $0[0] = 3 }, of: Frame.abort(.failed)), .payloadLength(3)),
    ]
    for (bytes, fault) in cases {
      var decoder = FrameDecoder()
      var decoded: [Frame] = []
      #expect(throws: TransportError.malformedFrame(fault)) { try decoder.decode(bytes, into: &decoded) }
    }
  }

  @Test func garbageNeverGivesMoreThanItHolds() {
    var generator = SeededGenerator()
    for _ in 0..<2000 {
      var decoder = FrameDecoder()
      var decoded: [Frame] = []
      var bytes = (0..<200).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      // Half of them begin plausibly.
      if Bool.random(using: &generator) { bytes.replaceSubrange(0..<8, with: [9, 0, 0, 0, 4, 1, 0, 0]) }
      try? decoder.decode(bytes, into: &decoded)
      #expect(decoded.reduce(0) { $0 + $1.encoded.count } <= bytes.count, "seed \(generator.seed)")
    }
  }
}
