import PrimeOrderGroupAVX512

// Fence: scalars and digits by pointer. No branch and no address depends on a scalar.

/// Writes the digits of scalar/2 mod ℓ (the kernel doubles when it encodes) for one lane or, where `lane` is nil, for
/// all eight.
///
/// `scalar` is 32 bytes below ℓ. `digits` has room for `RistrettoKernel.digitWordCount` words: 64 signed radix-16 digits in
/// −8…8, least significant first, eight words each.
func recode(_ scalar: UnsafePointer<UInt8>, into digits: UnsafeMutablePointer<UInt64>, lane: Int?) {
  let half = unsafe halved(scalar)
  let lanes = lane.map { $0..<$0 + 1 } ?? 0..<8
  var carry: UInt64 = 0
  for i in 0..<64 {
    let word = i < 16 ? half.0 : i < 32 ? half.1 : i < 48 ? half.2 : half.3
    let value = (word &>> UInt64(4 &* (i & 15))) & 15 &+ carry
    // The top digit is at most 1 and keeps what it has.
    carry = i == 63 ? 0 : (value &+ 8) &>> 4
    for lane in lanes { unsafe digits[8 &* i &+ lane] = value &- (carry &<< 4) }
  }
}

/// k/2 mod ℓ of k < ℓ: k + ℓ where k is odd, divided by 2.
private func halved(_ scalar: UnsafePointer<UInt8>) -> (UInt64, UInt64, UInt64, UInt64) {
  func word(_ i: Int) -> UInt64 {
    unsafe UInt64(
      littleEndian: UnsafeRawPointer(scalar).loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
  }
  let odd = 0 &- (word(0) & 1)
  var carry: UInt64 = 0
  func sum(_ i: Int) -> UInt64 {
    let (first, over1) = word(i).addingReportingOverflow(groupOrder[i] & odd)
    let (second, over2) = first.addingReportingOverflow(carry)
    carry = (over1 ? 1 : 0) | (over2 ? 1 : 0)
    return second
  }
  let s0 = sum(0), s1 = sum(1), s2 = sum(2), s3 = sum(3)
  return (s0 >> 1 | s1 << 63, s1 >> 1 | s2 << 63, s2 >> 1 | s3 << 63, s3 >> 1)
}
