import Primitives
import ProcessorFeatures
import Secrets
import TestSupport
import Testing

@Suite struct TweakedHashTests {
  private func hashes(
    _ seed: Seed, _ blocks: [Block], _ blocksPerTweak: BlocksPerTweak, calls: Int, variant: VectorVariant
  ) -> [Block] {
    var hash = TweakedHash(seed: seed, stream: 7, variant: variant)
    var buffer = SecretBuffer<Block>(count: blocks.count)
    return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      for index in blocks.indices { unsafe buffer[index] = blocks[index] }
      for _ in 0..<calls {
        if let start = buffer.baseAddress {
          unsafe hash.hash(start, count: blocks.count, blocksPerTweak)
        }
      }
      return unsafe Array(buffer)
    }
  }

  /// Written with the openssl command: keys are the first bytes of AES-256-CTR under
  /// the bytes 0…31 with the counter block of stream 7; blocks are 0…15, 16…31, 32…47.
  @Test(arguments: VectorVariant.allCases.filter(\.isSupported))
  func hashesAreThoseOfTheDefinition(variant: VectorVariant) throws {
    let seed = try #require(Seed(bytes: Array(0..<32)))
    let first = Block(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    let step = Block(repeating: 0x1010_1010_1010_1010)
    let blocks = [first, first &+ step, first &+ step &+ step]
    let found = hashes(seed, blocks, .one, calls: 1, variant: variant)
    #expect(found == Self.expected, "\(found.map { [String($0.x, radix: 16), String($0.y, radix: 16)] })")
  }

  private static let expected = [
    Block(0xaa50_eb7f_57fc_615f, 0x114a_0c65_533b_d175), Block(0x2482_0656_3f11_37ef, 0x6d2d_8963_429b_5b0f),
    Block(0x0a2f_4834_b911_9e4b, 0x506e_0209_46f4_f399),
  ]

  @Test func everyVariantGivesTheSameAtEveryLength() {
    guard VectorVariant.avx512.isSupported else { return }
    var random = SeededGenerator()
    let seed = Seed.random()
    for count in [0, 1, 2, 3, 4, 5, 31, 32, 33, 64, 100, 127, 128] {
      let blocks = (0..<count).map { _ in Block(random.next(), random.next()) }
      // Seventy calls pass the end of one load of keys.
      #expect(
        hashes(seed, blocks, .one, calls: 70, variant: .base)
          == hashes(seed, blocks, .one, calls: 70, variant: .avx512), "\(count), seed \(random.seed)")
      #expect(
        hashes(seed, blocks + blocks, .two, calls: 3, variant: .base)
          == hashes(seed, blocks + blocks, .two, calls: 3, variant: .avx512), "\(count), seed \(random.seed)")
    }
  }

  @Test func tweaksAndKeysSetEqualBlocksApart() {
    let block = Block(1, 2)
    let two = hashes(Seed.random(), [block, block, block, block], .two, calls: 1, variant: .current)
    #expect(two[0] == two[1] && two[2] == two[3] && two[0] != two[2])
    let seed = Seed.random()
    #expect(
      hashes(seed, [block], .one, calls: 1, variant: .current)
        != hashes(seed, [block], .one, calls: 2, variant: .current))
  }
}
