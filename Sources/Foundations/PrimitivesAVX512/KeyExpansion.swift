import _Builtin_intrinsics.intel

/// The eleven round keys of AES-128 (FIPS 197, section 5.2), each in all four places of a register.
@inline(__always) func roundKeys(_ key: SIMD2<Int64>) -> RoundKeys {
  let k1 = nextRoundKey(key, 0x01), k2 = nextRoundKey(k1, 0x02), k3 = nextRoundKey(k2, 0x04)
  let k4 = nextRoundKey(k3, 0x08), k5 = nextRoundKey(k4, 0x10), k6 = nextRoundKey(k5, 0x20)
  let k7 = nextRoundKey(k6, 0x40), k8 = nextRoundKey(k7, 0x80), k9 = nextRoundKey(k8, 0x1B)
  let k10 = nextRoundKey(k9, 0x36)
  return (
    _mm512_broadcast_i64x2(key), _mm512_broadcast_i64x2(k1), _mm512_broadcast_i64x2(k2),
    _mm512_broadcast_i64x2(k3), _mm512_broadcast_i64x2(k4), _mm512_broadcast_i64x2(k5),
    _mm512_broadcast_i64x2(k6), _mm512_broadcast_i64x2(k7), _mm512_broadcast_i64x2(k8),
    _mm512_broadcast_i64x2(k9), _mm512_broadcast_i64x2(k10)
  )
}

/// The last round substitutes bytes and adds a key; on four equal columns it moves nothing, and so computes
/// SubWord(RotWord(w3)) ⊕ constant in every column.
@inline(__always)
private func nextRoundKey(_ key: SIMD2<Int64>, _ constant: Int64) -> SIMD2<Int64> {
  // Bytes 13, 14, 15, 12 of the key in every column.
  let rotation = SIMD2<Int64>(repeating: 0x0C0F_0E0D_0C0F_0E0D)
  let constants = SIMD2<Int64>(repeating: constant | constant << 32)
  let substituted = _mm_aesenclast_si128(_mm_shuffle_epi8(key, rotation), constants)
  // Each word plus all words below it, by shifts of four and of eight bytes; a set top bit makes a zero byte.
  let byFour = SIMD2<Int64>(0x0302_0100_8080_8080, 0x0B0A_0908_0706_0504)
  let byEight = SIMD2<Int64>(-0x7F7F_7F7F_7F7F_7F80, 0x0706_0504_0302_0100)
  let pairs = key ^ _mm_shuffle_epi8(key, byFour)
  return pairs ^ _mm_shuffle_epi8(pairs, byEight) ^ substituted
}
