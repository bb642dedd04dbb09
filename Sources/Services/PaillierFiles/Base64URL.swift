import Secrets

// Fence: secret bytes in place.

/// Base64 with the alphabet of RFC 4648, section 5, without tables: neither branches nor addresses follow from the bytes.
enum Base64URL {
  /// The bytes that the text at `range` stands for; nil for anything but base64url, padded or not.
  static func decode(_ text: borrowing SecretBytes, _ range: Range<Int>) -> SecretBytes? {
    unsafe text.withUnsafeBufferPointer { text in
      var end = range.upperBound
      while end > range.lowerBound, range.upperBound - end < 2, unsafe text[end - 1] == UInt8(ascii: "=") {
        end -= 1
      }
      let count = end - range.lowerBound
      guard count % 4 != 1 else { return nil }
      var bad: UInt32 = 0
      let bytes = unsafe SecretBytes(count: count * 6 / 8) { out in
        var buffer: UInt32 = 0, bits = 0, position = 0
        for i in range.lowerBound..<end {
          let value = unsafe sextet(text[i])
          bad |= value >> 8
          buffer = (buffer << 6 | value & 63) & 0xFFFF
          bits += 6
          if bits >= 8 {
            bits -= 8
            unsafe out[position] = UInt8(truncatingIfNeeded: buffer >> UInt32(bits))
            position += 1
          }
        }
        // Bits that stand for no byte are zero.
        bad |= buffer & ((1 << UInt32(bits)) - 1)
      }
      guard bad == 0 else { return nil }
      return bytes
    }
  }

  /// The text of bytes, unpadded.
  static func encode(_ bytes: borrowing SecretBytes) -> SecretBytes {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe SecretBytes(count: (bytes.count * 8 + 5) / 6) { out in
        var buffer: UInt32 = 0, bits = 0, position = 0
        func put(_ value: UInt32) {
          unsafe out[position] = character(value & 63)
          position += 1
        }
        for i in bytes.indices {
          unsafe buffer = (buffer << 8 | UInt32(bytes[i])) & 0xFFFF
          bits += 8
          while bits >= 6 {
            bits -= 6
            put(buffer >> UInt32(bits))
          }
        }
        if bits > 0 { put(buffer << UInt32(6 - bits)) }
      }
    }
  }

  /// All ones where lower ≤ x ≤ upper, for bytes.
  private static func mask(_ x: UInt32, _ lower: Unicode.Scalar, _ upper: Unicode.Scalar) -> UInt32 {
    let below = (x &- lower.value) >> 31, above = (upper.value &- x) >> 31
    return (below | above) &- 1
  }

  /// 0…63, or with bit 8 set for no character of the alphabet.
  private static func sextet(_ byte: UInt8) -> UInt32 {
    let x = UInt32(byte)
    let upper = mask(x, "A", "Z"), lower = mask(x, "a", "z"), digit = mask(x, "0", "9")
    let minus = mask(x, "-", "-"), line = mask(x, "_", "_")
    let value = (upper & (x &- 65)) | (lower & (x &- 71)) | (digit & (x &+ 4)) | (minus & 62) | (line & 63)
    return value | (~(upper | lower | digit | minus | line) & 0x100)
  }

  private static func character(_ value: UInt32) -> UInt8 {
    // 0…25 A–Z, 26…51 a–z, 52…61 0–9, 62 −, 63 _.
    func reached(_ bound: UInt32) -> UInt32 { ((value &- bound) >> 31) &- 1 }
    var x = value &+ 65
    x = x &+ (reached(26) & 6)
    x = x &- (reached(52) & 75)
    x = x &- (reached(62) & 13)
    x = x &+ (reached(63) & 49)
    return UInt8(truncatingIfNeeded: x)
  }
}
