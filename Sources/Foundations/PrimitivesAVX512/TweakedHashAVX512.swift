import _Builtin_intrinsics.intel

// AES instructions on four blocks at once (VAES). Round keys stay in registers, and so do thirty-two blocks.

typealias Lanes = SIMD8<Int64>
typealias RoundKeys = (
  Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes
)
typealias EightLanes = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

/// Replaces `count` blocks of 16 bytes by π(π(x) ⊕ i) ⊕ π(x), where π is AES-128 under the 16 bytes at `key` and block k has
/// i = k >> `shift`, with `shift` 0 or 1.
@inline(never)
public func tweakedHashAVX512(
  _ blocks: UnsafeMutableRawPointer, count: Int, shift: Int, key: UnsafeRawPointer
) {
  let keys = roundKeys(key.loadUnaligned(as: SIMD2<Int64>.self))
  var tweak =
    shift == 0 ? Lanes(0, 0, 1, 0, 2, 0, 3, 0) : Lanes(0, 0, 0, 0, 1, 0, 1, 0)
  let step = shift == 0 ? Lanes(4, 0, 4, 0, 4, 0, 4, 0) : Lanes(2, 0, 2, 0, 2, 0, 2, 0)
  var next = blocks
  var left = count
  while left >= 32 {
    var state = load8(next)
    encrypt8(&state, keys)
    let images = state
    tweak8(&state, &tweak, step)
    encrypt8(&state, keys)
    store8(state, images, next)
    next += 512
    left &-= 32
  }
  while left > 0 {
    let words = UInt8(truncatingIfNeeded: left >= 4 ? 0xFF : (1 << (2 * left)) - 1)
    let image = encrypt(_mm512_maskz_loadu_epi64(words, next), keys)
    let hash = encrypt(image ^ tweak, keys) ^ image
    _mm512_mask_storeu_epi64(next, words, hash)
    tweak = tweak &+ step
    next += 64
    left &-= 4
  }
}

@inline(__always) private func load8(_ p: UnsafeMutableRawPointer) -> EightLanes {
  (
    p.loadUnaligned(as: Lanes.self), p.loadUnaligned(fromByteOffset: 64, as: Lanes.self),
    p.loadUnaligned(fromByteOffset: 128, as: Lanes.self),
    p.loadUnaligned(fromByteOffset: 192, as: Lanes.self),
    p.loadUnaligned(fromByteOffset: 256, as: Lanes.self),
    p.loadUnaligned(fromByteOffset: 320, as: Lanes.self),
    p.loadUnaligned(fromByteOffset: 384, as: Lanes.self), p.loadUnaligned(fromByteOffset: 448, as: Lanes.self)
  )
}

@inline(__always)
private func store8(_ s: EightLanes, _ images: EightLanes, _ p: UnsafeMutableRawPointer) {
  p.storeBytes(of: s.0 ^ images.0, as: Lanes.self)
  p.storeBytes(of: s.1 ^ images.1, toByteOffset: 64, as: Lanes.self)
  p.storeBytes(of: s.2 ^ images.2, toByteOffset: 128, as: Lanes.self)
  p.storeBytes(of: s.3 ^ images.3, toByteOffset: 192, as: Lanes.self)
  p.storeBytes(of: s.4 ^ images.4, toByteOffset: 256, as: Lanes.self)
  p.storeBytes(of: s.5 ^ images.5, toByteOffset: 320, as: Lanes.self)
  p.storeBytes(of: s.6 ^ images.6, toByteOffset: 384, as: Lanes.self)
  p.storeBytes(of: s.7 ^ images.7, toByteOffset: 448, as: Lanes.self)
}

@inline(__always)
private func tweak8(_ s: inout EightLanes, _ tweak: inout Lanes, _ step: Lanes) {
  s.0 ^= tweak
  tweak = tweak &+ step
  s.1 ^= tweak
  tweak = tweak &+ step
  s.2 ^= tweak
  tweak = tweak &+ step
  s.3 ^= tweak
  tweak = tweak &+ step
  s.4 ^= tweak
  tweak = tweak &+ step
  s.5 ^= tweak
  tweak = tweak &+ step
  s.6 ^= tweak
  tweak = tweak &+ step
  s.7 ^= tweak
  tweak = tweak &+ step
}

@inline(__always) private func encrypt(_ x: Lanes, _ k: RoundKeys) -> Lanes {
  var s = x ^ k.0
  s = _mm512_aesenc_epi128(s, k.1)
  s = _mm512_aesenc_epi128(s, k.2)
  s = _mm512_aesenc_epi128(s, k.3)
  s = _mm512_aesenc_epi128(s, k.4)
  s = _mm512_aesenc_epi128(s, k.5)
  s = _mm512_aesenc_epi128(s, k.6)
  s = _mm512_aesenc_epi128(s, k.7)
  s = _mm512_aesenc_epi128(s, k.8)
  s = _mm512_aesenc_epi128(s, k.9)
  return _mm512_aesenclast_epi128(s, k.10)
}

@inline(__always) private func encrypt8(_ s: inout EightLanes, _ k: RoundKeys) {
  s = (s.0 ^ k.0, s.1 ^ k.0, s.2 ^ k.0, s.3 ^ k.0, s.4 ^ k.0, s.5 ^ k.0, s.6 ^ k.0, s.7 ^ k.0)
  round8(&s, k.1)
  round8(&s, k.2)
  round8(&s, k.3)
  round8(&s, k.4)
  round8(&s, k.5)
  round8(&s, k.6)
  round8(&s, k.7)
  round8(&s, k.8)
  round8(&s, k.9)
  s.0 = _mm512_aesenclast_epi128(s.0, k.10)
  s.1 = _mm512_aesenclast_epi128(s.1, k.10)
  s.2 = _mm512_aesenclast_epi128(s.2, k.10)
  s.3 = _mm512_aesenclast_epi128(s.3, k.10)
  s.4 = _mm512_aesenclast_epi128(s.4, k.10)
  s.5 = _mm512_aesenclast_epi128(s.5, k.10)
  s.6 = _mm512_aesenclast_epi128(s.6, k.10)
  s.7 = _mm512_aesenclast_epi128(s.7, k.10)
}

@inline(__always) private func round8(_ s: inout EightLanes, _ k: Lanes) {
  s.0 = _mm512_aesenc_epi128(s.0, k)
  s.1 = _mm512_aesenc_epi128(s.1, k)
  s.2 = _mm512_aesenc_epi128(s.2, k)
  s.3 = _mm512_aesenc_epi128(s.3, k)
  s.4 = _mm512_aesenc_epi128(s.4, k)
  s.5 = _mm512_aesenc_epi128(s.5, k)
  s.6 = _mm512_aesenc_epi128(s.6, k)
  s.7 = _mm512_aesenc_epi128(s.7, k)
}
