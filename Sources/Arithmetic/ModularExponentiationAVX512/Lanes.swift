import _Builtin_intrinsics.intel

// A row of lanes holds one limb in radix 2^52 of eight independent residues; a number of 10·K limbs is 10·K neighbouring
// rows, least significant first. "Normalised" means every limb < 2^52. Values stay in locals and in this module's
// pointers: a signature of another module that held them would carry wide instructions out of this module.

/// Eight independent 64-bit lanes, one wide register.
typealias Lanes = SIMD8<UInt64>
typealias Row = UnsafeMutablePointer<Lanes>
typealias ConstantRow = UnsafePointer<Lanes>

/// Ten limbs: 10 divides the 20, 30, 40, 60 and 80 limbs of 1024 to 4096 bits, and a step keeps 10 low sums, 10 high sums,
/// 10 limbs of the window and 1 multiplier in the 32 registers.
typealias Block = (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)

/// Limbs of a block.
let blockLimbs = 10
/// The bits of a limb.
let limbMask: UInt64 = 1 << 52 - 1

@inline(__always) func signed(_ a: Lanes) -> SIMD8<Int64> { unsafeBitCast(a, to: SIMD8<Int64>.self) }
@inline(__always) func unsigned(_ a: SIMD8<Int64>) -> Lanes { unsafeBitCast(a, to: Lanes.self) }

/// acc + the low 52 bits of (a mod 2^52)·(b mod 2^52). Bits 52 and up of a factor are dropped without a sign.
@inline(__always) func addLow(_ acc: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(_mm512_madd52lo_epu64(signed(acc), signed(a), signed(b)))
}

/// acc + bits 52…103 of (a mod 2^52)·(b mod 2^52).
@inline(__always) func addHigh(_ acc: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(_mm512_madd52hi_epu64(signed(acc), signed(a), signed(b)))
}

/// Both halves of a·b.
@inline(__always) func accumulate(_ l: inout Lanes, _ h: inout Lanes, _ a: Lanes, _ b: Lanes) {
  l = addLow(l, a, b)
  h = addHigh(h, a, b)
}

@inline(__always) func splat(_ x: UInt64) -> Lanes { Lanes(repeating: x) }

/// ⌊column / 2^52⌋ of a column that may be negative.
@inline(__always) func carryOf(_ x: Lanes) -> Lanes { unsigned(signed(x) &>> 52) }

/// All ones in the lanes where a = b, both below 2^63. Comparison intrinsics are macros, which do not import.
@inline(__always) func equalMask(_ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(signed((a ^ b) &- splat(1)) &>> 63)
}

@inline(__always) var zeroBlock: Block {
  let z = Lanes.zero
  return (z, z, z, z, z, z, z, z, z, z)
}

/// The lanes behind a pointer to their words.
@inline(__always) func row(_ words: UnsafeMutablePointer<UInt64>) -> Row {
  UnsafeMutableRawPointer(words).assumingMemoryBound(to: Lanes.self)
}
@inline(__always) func row(_ words: UnsafePointer<UInt64>) -> ConstantRow {
  UnsafeRawPointer(words).assumingMemoryBound(to: Lanes.self)
}

/// Limbs to read: a row for each limb, or one scalar that the lanes share (the modulus), which a broadcasting load reads
/// at the same cost with an eighth of the cache.
protocol Limbs {
  subscript(_ i: Int) -> Lanes { get }
  func at(_ offset: Int) -> Self
}

/// Every lane its own limbs.
struct OwnLimbs: Limbs {
  let pointer: ConstantRow
  @inline(__always) init(_ pointer: ConstantRow) { self.pointer = pointer }
  @inline(__always) subscript(_ i: Int) -> Lanes { pointer[i] }
  @inline(__always) func at(_ offset: Int) -> OwnLimbs { OwnLimbs(pointer + offset) }
}

/// One number for all lanes.
struct SharedLimbs: Limbs {
  let pointer: UnsafePointer<UInt64>
  @inline(__always) init(_ pointer: UnsafePointer<UInt64>) { self.pointer = pointer }
  @inline(__always) subscript(_ i: Int) -> Lanes { splat(pointer[i]) }
  @inline(__always) func at(_ offset: Int) -> SharedLimbs { SharedLimbs(pointer + offset) }
}

@inline(__always) func loadBlock<A: Limbs>(_ a: A) -> Block {
  (a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9])
}
