import ModularArithmetic

// Rows and tables are raw memory here: bounds checks cost a third of a transform's time. Every index stays below
// `degree`, which `init` and the callers' contract fix as the length of rows and tables.

/// One row's transforms and pointwise operations on 64-bit words: the path of every processor, and the reference
/// of the others.
///
/// q < 2^48 leaves sixteen bits of a word free, so that no butterfly reduces: forward values grow by 2q a level to
/// at most 31q, inverse ones double to at most 2^15·q < 2^63 (Harvey, "Faster arithmetic for number-theoretic
/// transforms", 2014, section 3, taken further). This target must not get vector flags: compiled with them, the
/// loops become slower.
@safe final class ScalarKernel: @unchecked Sendable {
  let degree: Int
  let modulus: Modulus
  /// ψ^brv(i) and ⌊2^64·ψ^brv(i) / q⌋; written in `init` only, hence unchecked Sendable.
  let roots, companions: UnsafeMutablePointer<UInt64>
  let inverseRoots, inverseCompanions: UnsafeMutablePointer<UInt64>
  /// n^-1, n^-1·ψ^(-N/2) and 2^64 mod q.
  let scale, scaledRoot, wordFactor: FixedMultiplicand

  init(degree: Int, modulus: Modulus, root: UInt64, inverseRoot: UInt64, inverseDegree: UInt64) {
    self.degree = degree
    self.modulus = modulus
    unsafe (roots, companions) = Self.table(degree: degree, modulus: modulus, root: root)
    unsafe (inverseRoots, inverseCompanions) = Self.table(
      degree: degree, modulus: modulus, root: inverseRoot)
    let halfway = modulus.power(inverseRoot, variableTimeExponent: UInt64(degree / 2))
    scale = FixedMultiplicand(inverseDegree, modulus: modulus)
    scaledRoot = FixedMultiplicand(modulus.multiply(inverseDegree, halfway), modulus: modulus)
    let word = modulus.multiply(modulus.reduce(1 << 32), modulus.reduce(1 << 32))
    wordFactor = FixedMultiplicand(word, modulus: modulus)
  }

  deinit {
    unsafe roots.deallocate()
    unsafe companions.deallocate()
    unsafe inverseRoots.deallocate()
    unsafe inverseCompanions.deallocate()
  }

  private static func table(
    degree: Int, modulus: Modulus, root: UInt64
  ) -> (UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<UInt64>) {
    let values = UnsafeMutablePointer<UInt64>.allocate(capacity: degree)
    let companions = UnsafeMutablePointer<UInt64>.allocate(capacity: degree)
    let step = FixedMultiplicand(root, modulus: modulus)
    var power: UInt64 = 1
    var reversed = 0
    for _ in 0..<degree {
      let multiplicand = FixedMultiplicand(power, modulus: modulus)
      unsafe values[reversed] = multiplicand.value
      unsafe companions[reversed] = multiplicand.quotient
      power = step.multiply(power, modulus: modulus)
      // Adds one from the top bit down.
      var bit = degree >> 1
      while reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
    }
    return unsafe (values, companions)
  }
}
