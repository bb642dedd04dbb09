import _Builtin_intrinsics.intel

/// Turns `count` uniform words (a multiple of 8) into popcount of their low 42 bits, the upper half inverted, less
/// 21: centred binomial values with parameter 21 as 48-bit two's complement, in place.
@inline(never)
public func centredBinomialInPlace(_ words: UnsafeMutablePointer<UInt64>, count: Int) {
  precondition(count % 8 == 0)
  let keep = splat((1 << 42) &- 1), flip = splat(((1 << 21) &- 1) << 21)
  let offset = splat(21), limb = splat((1 << 48) &- 1)
  var i = 0
  while i < count {
    let bits = (load(words + i) & keep) ^ flip
    store((unsigned(_mm512_popcnt_epi64(signed(bits))) &- offset) & limb, words + i)
    i &+= 8
  }
}
