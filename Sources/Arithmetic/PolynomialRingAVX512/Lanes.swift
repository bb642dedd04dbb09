import _Builtin_intrinsics.intel

/// Eight 64-bit lanes. Values stay in locals: a struct or a signature of another module that held them would
/// carry wide instructions out of this module.
typealias Lanes = SIMD8<UInt64>

@inline(__always) func signed(_ a: Lanes) -> SIMD8<Int64> { unsafeBitCast(a, to: SIMD8<Int64>.self) }
@inline(__always) func unsigned(_ a: SIMD8<Int64>) -> Lanes { unsafeBitCast(a, to: Lanes.self) }

/// acc + low 52 bits of the product of the low 52 bits of a and b.
@inline(__always) func addLow(_ acc: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(_mm512_madd52lo_epu64(signed(acc), signed(a), signed(b)))
}

/// acc + bits 52…103 of the product of the low 52 bits of a and b.
@inline(__always) func addHigh(_ acc: Lanes, _ a: Lanes, _ b: Lanes) -> Lanes {
  unsigned(_mm512_madd52hi_epu64(signed(acc), signed(a), signed(b)))
}

/// x − m where x ≥ m, else x: one conditional subtraction of unsigned lanes.
@inline(__always) func reduceOnce(_ x: Lanes, _ m: Lanes) -> Lanes {
  unsigned(_mm512_min_epu64(signed(x), signed(x &- m)))
}

@inline(__always) func splat(_ x: UInt64) -> Lanes { Lanes(repeating: x) }
