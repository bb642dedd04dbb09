import BigIntegers
import ModularExponentiationAVX512
import Secrets

// Fence: builds a comb's tables by pointer, the blocks of a group of lanes at once.

/// Computes the tables of `FixedBasePowers`: teeth by squarings, entries by one product each, and all quotients z = y1/y0 mod n by one
/// inversion for each lane (Montgomery's trick, as in "Speeding the Pollard and elliptic curve methods of factorization", 1987).
@unsafe struct CombBuilder: ~Copyable {
  typealias Words = ModulusKernel.Words

  private let modulus: SquaredModulus
  private let shape: CombShape
  private var kernel: ModulusKernel { unsafe modulus.kernel }
  private let groups: Int
  /// Pairs: entry u of the blocks of lane group g at entries[g·2^teeth + u].
  private var entries: SecretBuffer<UInt64>
  /// Pairs: the teeth of the blocks of each lane group.
  private var teeth: SecretBuffer<UInt64>

  init(_ modulus: SquaredModulus, _ shape: CombShape, base: borrowing SecretInteger) {
    unsafe self.modulus = modulus
    unsafe self.shape = shape
    let kernel = modulus.kernel
    unsafe groups = (shape.blocks + kernel.lanes - 1) / kernel.lanes
    unsafe entries = unsafe SecretBuffer(count: groups * shape.entries * kernel.pair)
    unsafe teeth = unsafe SecretBuffer(count: groups * shape.teeth * kernel.pair)
    unsafe makeTeeth(base)
  }

  /// Writes both tables.
  consuming func write(y0: Words, z: Words) {
    unsafe makeEntries()
    unsafe spread(to: y0)
    unsafe divide()
    unsafe spread(to: z)
  }

  private func start(_ buffer: UnsafeMutableBufferPointer<UInt64>) -> Words {
    guard let start = buffer.baseAddress else { preconditionFailure("a comb has entries") }
    return unsafe start
  }

  /// g^(2^i) for i = depth·block + spacing·tooth.
  private mutating func makeTeeth(_ base: borrowing SecretInteger) {
    let kernel = unsafe kernel, shape = unsafe shape
    let words = base.wordCount
    unsafe teeth.withUnsafeMutableBufferPointer { buffer in
      let teeth = unsafe buffer.baseAddress.unsafelyUnwrapped
      unsafe Workspace.with(count: PairGroup.workspaceCount(kernel) + kernel.pair) { workspace in
        let group = unsafe PairGroup(kernel, &workspace)
        unsafe base.withWords { unsafe group.lift($0, words: words, count: 1) }
        var from = unsafe group.x, to = unsafe workspace.take(kernel.pair)
        for i in 0..<shape.spacing * shape.teeth {
          if i % shape.depth == 0 {
            let (tooth, column) = i.quotientAndRemainder(dividingBy: shape.spacing)
            let block = column / shape.depth
            let target = unsafe teeth + ((block / kernel.lanes) * shape.teeth + tooth) * kernel.pair
            for limb in 0..<2 * kernel.limbs {
              unsafe target[limb * kernel.lanes + block % kernel.lanes] = unsafe from[limb * kernel.lanes]
            }
          }
          unsafe kernel.squarePairs(to, from, group.q)
          unsafe swap(&from, &to)
        }
      }
    }
  }

  private mutating func makeEntries() {
    let kernel = unsafe kernel, shape = unsafe shape, groups = unsafe groups
    unsafe entries.withUnsafeMutableBufferPointer { entryBuffer in
      unsafe teeth.withUnsafeMutableBufferPointer { toothBuffer in
        let entries = unsafe entryBuffer.baseAddress.unsafelyUnwrapped,
          teeth = unsafe toothBuffer.baseAddress.unsafelyUnwrapped
        unsafe Workspace.with(count: kernel.scratchCount) { workspace in
          let q = unsafe workspace.take(kernel.scratchCount)
          for g in 0..<groups {
            let own = unsafe entries + g * shape.entries * kernel.pair
            unsafe own.update(from: kernel.one, count: kernel.pair)
            for u in 1..<shape.entries {
              let tooth = unsafe teeth + (g * shape.teeth + u.trailingZeroBitCount) * kernel.pair
              let rest = unsafe own + (u & (u - 1)) * kernel.pair
              unsafe kernel.multiplyPairs(own + u * kernel.pair, rest, tooth, q)
            }
          }
        }
      }
    }
    unsafe padUnusedLanes()
  }

  /// Lanes without a block hold one, so that the products of `divide` are invertible.
  private mutating func padUnusedLanes() {
    let kernel = unsafe kernel, used = unsafe (shape.blocks - 1) % kernel.lanes + 1
    let first = unsafe (groups - 1) * shape.entries * kernel.pair, count = unsafe shape.entries
    unsafe entries.withUnsafeMutableBufferPointer { buffer in
      let last = unsafe buffer.baseAddress.unsafelyUnwrapped + first
      for u in 0..<count {
        for i in 0..<2 * kernel.limbs {
          for lane in used..<kernel.lanes {
            unsafe last[u * kernel.pair + i * kernel.lanes + lane] = unsafe kernel.one[
              i * kernel.lanes + lane]
          }
        }
      }
    }
  }

  /// Puts z·R = y1·y0⁻¹·R mod n into each entry's first digit.
  private mutating func divide() {
    let kernel = unsafe kernel, count = unsafe groups * shape.entries
    var products = SecretBuffer<UInt64>(count: (count + 1) * kernel.digit)
    unsafe entries.withUnsafeMutableBufferPointer { entryBuffer in
      unsafe products.withUnsafeMutableBufferPointer { productBuffer in
        let entries = unsafe entryBuffer.baseAddress.unsafelyUnwrapped
        let products = unsafe productBuffer.baseAddress.unsafelyUnwrapped
        unsafe Workspace.with(count: kernel.scratchCount + 2 * kernel.digit) { workspace in
          let q = unsafe workspace.take(kernel.scratchCount)
          let inverse = unsafe workspace.take(kernel.digit), own = unsafe workspace.take(kernel.digit)
          // products[i] is the product of the first digits below i, in Montgomery form.
          unsafe products.update(from: kernel.one, count: kernel.digit)
          for i in 0..<count {
            unsafe kernel.multiply(
              products + (i + 1) * kernel.digit, products + i * kernel.digit, entries + i * kernel.pair, q)
          }
          unsafe Self.invert(modulus, products + count * kernel.digit, to: inverse, q)
          for i in (0..<count).reversed() {
            let entry = unsafe entries + i * kernel.pair
            unsafe kernel.multiply(own, inverse, products + i * kernel.digit, q)
            unsafe kernel.multiply(inverse, inverse, entry, q)
            unsafe kernel.multiply(entry, entry + kernel.digit, own, q)
          }
        }
      }
    }
  }

  /// The inverse in Montgomery form of each lane of a digit in Montgomery form.
  private static func invert(
    _ modulus: SquaredModulus, _ x: ModulusKernel.ConstantWords, to inverse: Words, _ q: Words
  ) {
    let kernel = modulus.kernel, words = kernel.wordCount
    var values = SecretIntegers(count: kernel.lanes, wordCount: words)
    unsafe values.withMutableWords { out in
      // One product by 1 makes the digit at most n, so that it fits into n's words.
      unsafe kernel.multiply(inverse, x, kernel.unit, q)
      unsafe kernel.store(out, words: words, stride: words, count: kernel.lanes, inverse, limbs: kernel.limbs)
    }
    for lane in 0..<kernel.lanes {
      guard let one = values[lane].inverse(modulo: modulus.modulus) else {
        preconditionFailure("the base of a comb is invertible")
      }
      values[lane] = one
    }
    unsafe values.withWords {
      unsafe kernel.load(inverse, $0, words: words, stride: words, count: kernel.lanes)
    }
    unsafe kernel.multiply(inverse, inverse, kernel.square, q)
  }

  /// Writes the first digits of all entries as the look-up wants them.
  private mutating func spread(to table: Words) {
    let kernel = unsafe kernel, shape = unsafe shape, block = FixedBasePowers.blockCount(kernel, shape)
    unsafe entries.withUnsafeMutableBufferPointer { buffer in
      let entries = unsafe buffer.baseAddress.unsafelyUnwrapped
      for j in 0..<shape.blocks {
        for u in 0..<shape.entries {
          let entry = unsafe entries + ((j / kernel.lanes) * shape.entries + u) * kernel.pair
          for i in 0..<kernel.limbs {
            // Eight entries of one limb to a row of lanes; one entry behind the other for words.
            let at = kernel.lanes == 8 ? i * shape.entries + u : u * kernel.limbs + i
            unsafe table[j * block + at] = unsafe entry[i * kernel.lanes + j % kernel.lanes]
          }
        }
      }
    }
  }
}
