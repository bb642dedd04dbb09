/// Five 51-bit limbs of one field element, to be spread over the lanes.
struct FieldConstant: Sendable {
  let l0, l1, l2, l3, l4: UInt64

  /// Little-endian 64-bit words of a value < 2^255.
  init(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
    let mask = Field8.limbMask
    l0 = w0 & mask
    l1 = (w0 >> 51 | w1 << 13) & mask
    l2 = (w1 >> 38 | w2 << 26) & mask
    l3 = (w2 >> 25 | w3 << 39) & mask
    l4 = (w3 >> 12) & mask
  }

  private init(lowest: UInt64, others: UInt64) {
    l0 = lowest
    l1 = others
    l2 = others
    l3 = others
    l4 = others
  }

  /// 2p limb by limb: limbs of 52 bits, never a multiplicand.
  static let twiceP = FieldConstant(lowest: (1 << 52) - 38, others: (1 << 52) - 2)

  // RFC 9496, section 4.1.
  static let d = FieldConstant(
    0x75eb_4dca_1359_78a3, 0x0070_0a4d_4141_d8ab, 0x8cc7_4079_7779_e898, 0x5203_6cee_2b6f_fe73)
  static let twiceD = FieldConstant(
    0xebd6_9b94_26b2_f159, 0x00e0_149a_8283_b156, 0x198e_80f2_eef3_d130, 0x2406_d9dc_56df_fce7)
  static let sqrtMinusOne = FieldConstant(
    0xc4ee_1b27_4a0e_a0b0, 0x2f43_1806_ad2f_e478, 0x2b4d_0099_3dfb_d7a7, 0x2b83_2480_4fc1_df0b)
  /// √(ad − 1), a = −1.
  static let sqrtADMinusOne = FieldConstant(
    0x7e97_f6a0_497b_2e1b, 0xaf9d_8e0c_1b78_54bd, 0x0f3c_fcc9_31f5_d1fd, 0x3769_31bf_2b83_48ac)
  static let inverseSqrtAMinusD = FieldConstant(
    0x99c8_fdaa_805d_40ea, 0x9d2f_1617_5a41_72be, 0x16c2_7b91_fe01_d840, 0x786c_8905_cfaf_fca2)
  static let oneMinusDSquared = FieldConstant(
    0xe27c_09c1_945f_c176, 0x2c81_a138_cd5e_350f, 0x9994_abdd_be70_dfe4, 0x0290_72a8_b2b3_e0d7)
  static let dMinusOneSquared = FieldConstant(
    0x31ad_5aaa_44ed_4d20, 0xd29e_4a2c_b01e_1999, 0x4cdc_d32f_529b_4eeb, 0x5968_b37a_f66c_2241)
  /// √(a − d), the inverse of the constant above.
  static let sqrtAMinusD = FieldConstant(
    0x8168_095f_b684_d1d2, 0x5062_71f3_e487_ab42, 0xf0c3_0336_ce0a_2e02, 0x4896_ce40_d47c_b753)
  static let minusOne = FieldConstant(
    0xffff_ffff_ffff_ffec, 0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff)
}
