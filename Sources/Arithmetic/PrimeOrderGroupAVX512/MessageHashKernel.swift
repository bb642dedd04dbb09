/// SHA-512 (FIPS 180-4) of eight messages at once, for expand_message_xmd (RFC 9380, section 5.3.1).
package enum MessageHashKernel {
  /// Messages of one call.
  package static let laneCount = 8
  /// Bytes of a block.
  package static let blockByteCount = 128

  /// Compresses the blocks of eight messages, each from the same `state` of eight words.
  ///
  /// `blocks` are the first message's, already padded; the next message's are `stride` bytes further. `counts` says how
  /// many blocks each of the eight has: the time depends on the largest. `digests` gets eight rows of 64 bytes, the
  /// states at the end, words in big-endian order. `schedule` is 1,024 bytes of scratch at a multiple of 64, for the
  /// caller to wipe.
  package static func hash(
    blocks: UnsafeRawPointer, stride: Int, counts: UnsafePointer<UInt64>, state: UnsafePointer<UInt64>,
    digests: UnsafeMutableRawPointer, schedule: UnsafeMutableRawPointer
  ) {
    precondition(Int(bitPattern: schedule) % 64 == 0, "scratch is aligned")
    let words = schedule.assumingMemoryBound(to: Lanes.self)
    let lengths = UnsafeRawPointer(counts).loadUnaligned(as: Lanes.self)
    var s = HashState(
      a: splat(state[0]), b: splat(state[1]), c: splat(state[2]), d: splat(state[3]), e: splat(state[4]),
      f: splat(state[5]), g: splat(state[6]), h: splat(state[7]))
    var most: UInt64 = 0
    for lane in 0..<8 { most = max(most, counts[lane]) }
    var index: UInt64 = 0
    while index < most {
      loadWords(blocks + Int(index) &* blockByteCount, stride, lengths, index, words)
      // Lanes whose message has ended keep their state: index − length is negative before that.
      s = HashState.select(
        Lanes.zero &- shiftRight(splat(index) &- lengths, 63), compressed(s, words), s)
      index &+= 1
    }
    store(s, digests)
  }

  /// One block of each message as sixteen vectors of words; lanes whose message has ended read their first block.
  @inline(__always)
  private static func loadWords(
    _ blocks: UnsafeRawPointer, _ stride: Int, _ lengths: Lanes, _ index: UInt64,
    _ words: UnsafeMutablePointer<Lanes>
  ) {
    @inline(__always) func word(_ lane: Int, _ k: Int) -> UInt64 {
      let back = index < lengths[lane] ? 0 : Int(index) &* blockByteCount
      return UInt64(
        bigEndian: blocks.loadUnaligned(fromByteOffset: lane &* stride &- back &+ 8 &* k, as: UInt64.self))
    }
    for k in 0..<16 {
      words[k] = Lanes(
        word(0, k), word(1, k), word(2, k), word(3, k), word(4, k), word(5, k), word(6, k), word(7, k))
    }
  }

  @inline(__always) private static func store(_ s: HashState, _ digests: UnsafeMutableRawPointer) {
    @inline(__always) func put(_ x: Lanes, _ k: Int) {
      for lane in 0..<8 {
        digests.storeBytes(of: x[lane].bigEndian, toByteOffset: 64 &* lane &+ 8 &* k, as: UInt64.self)
      }
    }
    put(s.a, 0)
    put(s.b, 1)
    put(s.c, 2)
    put(s.d, 3)
    put(s.e, 4)
    put(s.f, 5)
    put(s.g, 6)
    put(s.h, 7)
  }
}

/// The eight working variables.
struct HashState {
  var a, b, c, d, e, f, g, h: Lanes

  @inline(__always) static func select(_ m: Lanes, _ x: HashState, _ y: HashState) -> HashState {
    HashState(
      a: choose(m, x.a, y.a), b: choose(m, x.b, y.b), c: choose(m, x.c, y.c), d: choose(m, x.d, y.d),
      e: choose(m, x.e, y.e), f: choose(m, x.f, y.f), g: choose(m, x.g, y.g), h: choose(m, x.h, y.h))
  }
}

@inline(__always) private func rotateRight(_ x: Lanes, _ n: UInt64) -> Lanes {
  shiftRight(x, n) | shiftLeft(x, 64 &- n)
}

/// FIPS 180-4, section 6.4.2, steps 1 to 4, on a schedule of sixteen words that is renewed in place.
@inline(__always)
private func compressed(_ start: HashState, _ words: UnsafeMutablePointer<Lanes>) -> HashState {
  var s = start
  var t = 0
  while t < 80 {
    @inline(__always) func step(
      _ k: Int, _ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: inout Lanes, _ e: Lanes, _ f: Lanes, _ g: Lanes,
      _ h: inout Lanes
    ) {
      let w = words[(t &+ k) & 15]
      let sum1 = rotateRight(e, 14) ^ rotateRight(e, 18) ^ rotateRight(e, 41)
      let t1 = h &+ sum1 &+ choose(e, f, g) &+ (splat(roundConstants[t &+ k]) &+ w)
      let sum0 = rotateRight(a, 28) ^ rotateRight(a, 34) ^ rotateRight(a, 39)
      d = d &+ t1
      h = t1 &+ sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
      // W(t + 16), which the last sixteen rounds compute in vain.
      let w1 = words[(t &+ k &+ 1) & 15], w14 = words[(t &+ k &+ 14) & 15]
      let low = rotateRight(w1, 1) ^ rotateRight(w1, 8) ^ shiftRight(w1, 7)
      let high = rotateRight(w14, 19) ^ rotateRight(w14, 61) ^ shiftRight(w14, 6)
      words[(t &+ k) & 15] = w &+ low &+ words[(t &+ k &+ 9) & 15] &+ high
    }
    step(0, s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h)
    step(1, s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g)
    step(2, s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f)
    step(3, s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e)
    step(4, s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d)
    step(5, s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c)
    step(6, s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b)
    step(7, s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a)
    t &+= 8
  }
  return HashState(
    a: s.a &+ start.a, b: s.b &+ start.b, c: s.c &+ start.c, d: s.d &+ start.d, e: s.e &+ start.e,
    f: s.f &+ start.f, g: s.g &+ start.g, h: s.h &+ start.h)
}

/// K of FIPS 180-4, section 4.2.3.
private let roundConstants: InlineArray<80, UInt64> = [
  0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd, 0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc,
  0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019, 0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118,
  0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe, 0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2,
  0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1, 0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694,
  0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3, 0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65,
  0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483, 0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5,
  0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210, 0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4,
  0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725, 0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70,
  0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926, 0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df,
  0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8, 0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b,
  0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001, 0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30,
  0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910, 0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8,
  0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53, 0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8,
  0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb, 0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3,
  0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60, 0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec,
  0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9, 0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b,
  0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207, 0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178,
  0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6, 0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b,
  0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493, 0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c,
  0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a, 0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817,
]
