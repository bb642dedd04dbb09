import PrimeOrderGroup
import ProcessorFeatures
import Secrets
import TestSupport

/// The code paths that this processor has.
let groupVariants: [VectorVariant] = [.base, .avx512].filter(\.isSupported)

extension SeededGenerator {
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }

  mutating func elements(_ count: Int) -> GroupElements {
    GroupElements((0..<count).map { _ in GroupElement(mapping: bytes(64)) })
  }

  mutating func scalar() -> GroupScalar { GroupScalar(reducing: bytes(64)) }
}

func secretBytes(_ bytes: [UInt8]) -> SecretBytes {
  unsafe SecretBytes(count: bytes.count) { buffer in
    for (i, byte) in bytes.enumerated() { unsafe buffer[i] = byte }
  }
}

func secret(_ scalar: GroupScalar) throws -> SecretScalar {
  try SecretScalar(decoding: secretBytes(scalar.bytes))
}

/// A small number, or ℓ less a small number.
func scalar(_ number: Int) throws -> GroupScalar {
  let magnitude = UInt64(number.magnitude)
  let value = try GroupScalar(
    decoding: (0..<32).map { $0 < 8 ? UInt8(truncatingIfNeeded: magnitude >> UInt64(8 * $0)) : 0 })
  return try number < 0 ? GroupScalar(decoding: [UInt8](repeating: 0, count: 32)) - value : value
}

/// Counts around the eight lanes of a register, the sixteen of a pair and the 256 of a chunk.
let batchCounts = [0, 1, 7, 8, 9, 15, 16, 17, 24, 31, 255, 256, 257, 272, 520]
