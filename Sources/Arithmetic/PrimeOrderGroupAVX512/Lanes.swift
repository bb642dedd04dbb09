import _Builtin_intrinsics.intel

/// Eight independent 64-bit lanes, one wide register. Values stay in locals and in this module's own buffers: a
/// signature of another module that held them would carry wide instructions out of this module.
typealias Lanes = SIMD8<UInt64>

@inline(__always) private func signed(_ a: Lanes) -> SIMD8<Int64> { unsafeBitCast(a, to: SIMD8<Int64>.self) }
@inline(__always) private func unsigned(_ a: SIMD8<Int64>) -> Lanes { unsafeBitCast(a, to: Lanes.self) }

/// acc + the low 52 bits of (a mod 2^52)·(b mod 2^52).
///
/// Bits 52 and up of `a` and `b` are ignored without a sign, so that a limb of 2^52 or more gives a wrong result: all
/// bounds of this module exist to keep multiplicands below 2^52.
@inline(__always) func addLow(_ acc: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(_mm512_madd52lo_epu64(signed(acc), signed(a), signed(b)))
}

/// acc + bits 52…103 of (a mod 2^52)·(b mod 2^52).
@inline(__always) func addHigh(_ acc: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(_mm512_madd52hi_epu64(signed(acc), signed(a), signed(b)))
}

@inline(__always) func splat(_ x: UInt64) -> Lanes { Lanes(repeating: x) }
@inline(__always) func shiftRight(_ a: Lanes, _ n: UInt64) -> Lanes { a &>> Lanes(repeating: n) }
@inline(__always) func shiftLeft(_ a: Lanes, _ n: UInt64) -> Lanes { a &<< Lanes(repeating: n) }

/// Lane-wise `mask ? a : b` where every lane of the mask is all ones or zero.
@inline(__always) func choose(_ mask: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes { (a & mask) | (b & ~mask) }

/// All ones in the lanes that are zero, for lanes below 2^63. Comparison intrinsics are macros, which do not import.
@inline(__always) func zeroMask(_ a: Lanes) -> Lanes { Lanes.zero &- shiftRight(a &- splat(1), 63) }

/// Lane i of the result is lane `order[i]` of `a`.
@inline(__always) func permute(_ a: Lanes, _ order: SIMD8<Int64>) -> Lanes {
  unsigned(_mm512_permutexvar_epi64(order, signed(a)))
}

/// Four 64-bit words of eight values: lane i has value i, least significant word first.
typealias Words = (Lanes, Lanes, Lanes, Lanes)

/// Reads four words from each of eight rows that lie `stride` bytes apart, at any alignment.
@inline(__always) func gather(_ rows: UnsafeRawPointer, stride: Int) -> Words {
  @inline(__always) func column(_ k: Int) -> Lanes {
    @inline(__always) func word(_ i: Int) -> UInt64 {
      rows.loadUnaligned(fromByteOffset: i &* stride &+ 8 &* k, as: UInt64.self)
    }
    return Lanes(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7))
  }
  return (column(0), column(1), column(2), column(3))
}

/// Writes eight rows of 32 bytes, one behind the other.
@inline(__always) func scatter(_ words: Words, _ rows: UnsafeMutableRawPointer) {
  @inline(__always) func put(_ x: UInt64, _ i: Int, _ k: Int) {
    rows.storeBytes(of: x, toByteOffset: 32 &* i &+ 8 &* k, as: UInt64.self)
  }
  for i in 0..<8 {
    put(words.0[i], i, 0)
    put(words.1[i], i, 1)
    put(words.2[i], i, 2)
    put(words.3[i], i, 3)
  }
}
