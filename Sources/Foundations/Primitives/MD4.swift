/// MD4 (RFC 1320): no security of its own, here only because NTLM hashes of leaked passwords are made with it. OpenSSL 3 has it
/// in a provider that need not be installed.
public enum MD4 {
  /// The length of a digest.
  public static let byteCount = 16

  /// The digest of `bytes`, 16 bytes long.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var message = bytes + [0x80]
    message += [UInt8](repeating: 0, count: (120 - message.count % 64) % 64)
    let bits = UInt64(bytes.count) &* 8
    message += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    var state: SIMD4<UInt32> = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    for start in stride(from: 0, to: message.count, by: 64) {
      state &+= compressed(state, message[start..<(start + 64)])
    }
    return (0..<16).map { UInt8(truncatingIfNeeded: state[$0 / 4] >> UInt32(8 * ($0 % 4))) }
  }

  /// RFC 1320, section 3.4, one block.
  private static func compressed(_ start: SIMD4<UInt32>, _ block: ArraySlice<UInt8>) -> SIMD4<UInt32> {
    var words = [UInt32](repeating: 0, count: 16)
    for (index, byte) in block.enumerated() { words[index / 4] |= UInt32(byte) << UInt32(8 * (index % 4)) }
    var (a, b, c, d) = (start[0], start[1], start[2], start[3])
    for step in 0..<48 {
      let round = step / 16
      let mixed: UInt32 =
        switch round {
        case 0: (b & c) | (~b & d)
        case 1: (b & c) | (b & d) | (c & d)
        default: b ^ c ^ d
        }
      let sum = a &+ mixed &+ words[order[round][step % 16]] &+ constants[round]
      let shift = shifts[round][step % 4]
      (a, b, c, d) = (d, sum << shift | sum >> (32 - shift), b, c)
    }
    return [a, b, c, d]
  }

  private static let constants: [UInt32] = [0, 0x5a82_7999, 0x6ed9_eba1]
  private static let shifts: [[UInt32]] = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]]
  private static let order: [[Int]] = [
    Array(0..<16),
    [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  ]
}
