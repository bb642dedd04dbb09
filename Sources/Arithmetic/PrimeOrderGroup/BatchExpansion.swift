import ByteCoding
import Glibc
import PrimeOrderGroupAVX512
import Secrets

// Fence: padded messages of eight lanes, laid out by pointer in wiped memory.

/// expand_message_xmd of many messages to 64 bytes each, eight at a time.
@safe struct BatchExpansion: ~Copyable {
  /// Blocks that a lane has room for; longer messages are hashed one by one.
  private static let blockLimit = 12
  private static let lanes = MessageHashKernel.laneCount
  private static let laneByteCount = blockLimit * MessageHashKernel.blockByteCount
  private static let digestOffset = lanes * laneByteCount
  private static let scheduleOffset = digestOffset + 64 * lanes

  private let tag: DomainSeparationTag
  /// l_i_b_str and the zero, then DST_prime.
  private let suffix: [UInt8]
  private var memory: SecretBytes

  init(tag: DomainSeparationTag) {
    self.tag = tag
    suffix = [0, 64, 0] + tag.suffix
    memory = SecretBytes(count: Self.scheduleOffset + 1024)
  }

  /// Writes 64 bytes for each message of the range.
  mutating func expand(
    _ messages: ByteStrings, _ range: Range<Int>, into uniform: UnsafeMutablePointer<UInt8>
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let group = start..<min(start + Self.lanes, range.upperBound)
      let target = unsafe uniform + 64 * (start - range.lowerBound)
      if group.allSatisfy({ Self.blockCount(messages.range($0).count + suffix.count) <= Self.blockLimit }) {
        unsafe expandGroup(messages, group, target)
      } else {
        for i in group {
          unsafe messages.withUnsafeBytes(at: i) { message in
            let row = unsafe UnsafeMutableBufferPointer(start: target + 64 * (i - start), count: 64)
            unsafe expandMessage(message, tag: tag, into: row)
          }
        }
      }
      start = group.upperBound
    }
  }

  /// b_0 = H(Z_pad ‖ message ‖ suffix) and b_1 = H(b_0 ‖ 1 ‖ DST_prime) of up to eight messages.
  private mutating func expandGroup(
    _ messages: ByteStrings, _ group: Range<Int>, _ target: UnsafeMutablePointer<UInt8>
  ) {
    let (suffix, tagSuffix) = (suffix, [1] + tag.suffix)
    unsafe memory.withUnsafeMutableBufferPointer { memory in
      let blocks = unsafe mutableStart(memory)
      let digests = unsafe blocks + Self.digestOffset
      var counts = [UInt64](repeating: 0, count: Self.lanes)
      for (lane, i) in group.enumerated() {
        let row = unsafe blocks + Self.laneByteCount * lane
        unsafe messages.withUnsafeBytes(at: i) { message in
          if let source = message.baseAddress { unsafe memcpy(row, source, message.count) }
        }
        counts[lane] = unsafe Self.pad(
          row, messages.range(i).count, suffix, hashedBefore: MessageHashKernel.blockByteCount)
      }
      unsafe Self.hash(blocks, counts, Self.stateAfterPadding)
      for lane in 0..<group.count {
        let row = unsafe blocks + Self.laneByteCount * lane
        unsafe row.update(from: digests + 64 * lane, count: 64)
        counts[lane] = unsafe Self.pad(row, 64, tagSuffix, hashedBefore: 0)
      }
      unsafe Self.hash(blocks, counts, Self.initialState)
      unsafe target.update(from: digests, count: 64 * group.count)
    }
  }

  private static func hash(_ blocks: UnsafeMutablePointer<UInt8>, _ counts: [UInt64], _ state: [UInt64]) {
    unsafe MessageHashKernel.hash(
      blocks: blocks, stride: laneByteCount, counts: counts, state: state,
      digests: blocks + digestOffset, schedule: blocks + scheduleOffset)
  }

  /// Appends the suffix and the padding of FIPS 180-4, section 5.1.2; gives the number of blocks.
  private static func pad(
    _ row: UnsafeMutablePointer<UInt8>, _ count: Int, _ suffix: [UInt8], hashedBefore: Int
  ) -> UInt64 {
    let length = count + suffix.count
    let blocks = blockCount(length)
    unsafe suffix.withUnsafeBufferPointer { suffix in
      unsafe (row + count).update(from: start(suffix), count: suffix.count)
    }
    let end = MessageHashKernel.blockByteCount * blocks
    unsafe memset(row + length, 0, end - length)
    unsafe row[length] = 0x80
    let bits = UInt64(8 * (length + hashedBefore)).bigEndian
    unsafe UnsafeMutableRawPointer(row + end - 8).storeBytes(of: bits, as: UInt64.self)
    return UInt64(blocks)
  }

  /// Blocks of a message with its 17 or more bytes of padding.
  private static func blockCount(_ length: Int) -> Int {
    (length + 17 + 127) / MessageHashKernel.blockByteCount
  }

  /// H(0) of FIPS 180-4, section 5.3.5.
  private static let initialState: [UInt64] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
  ]

  /// The state after Z_pad, the block of zeros that every expansion starts with.
  private static let stateAfterPadding: [UInt64] = {
    var memory = SecretBytes(count: scheduleOffset + 1024)
    return unsafe memory.withUnsafeMutableBufferPointer { memory in
      let blocks = unsafe mutableStart(memory)
      unsafe hash(blocks, [1, 0, 0, 0, 0, 0, 0, 0], initialState)
      let digest = unsafe UnsafeRawPointer(blocks + digestOffset)
      return (0..<8).map {
        unsafe UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
      }
    }
  }()
}
