// Fence: noise is read in place from its wiped memory.
import BigIntegers

// The entries of a pack's groups as digits of one number modulo t: entry_g stands at S^(g − first), and since
// |entry| ≤ bound and S = 2·bound + 1, adding the bound to every digit makes all of them readable.
extension AggregationPlan {
  /// What is added to a digit so that it is never negative.
  private var offset: BigInteger { BigInteger(Int(shape.entryBound)) }

  /// The offsets of the first `digits` digits.
  func offset(digits: Int) -> BigInteger {
    (0..<digits).reduce(BigInteger(0)) { sum, _ in sum * radix + offset }
  }

  /// The groups of a pack.
  func groupCount(pack: Int) -> Int { min(groupsPerPack, shape.groups - pack * groupsPerPack) }

  /// The entries of one table for the groups of a pack. Clears `isSound` where one is beyond what its table can have, or
  /// where something stands above the last group: such an answer was not computed as agreed. Takes the same steps then.
  package func digits(of value: BigInteger, pack: Int, table: Int, isSound: inout Bool) -> [Int64] {
    let count = groupCount(pack: pack)
    var rest = (value + offset(digits: count)) % parameters.plaintextModulus
    var digits: [Int64] = []
    for _ in 0..<count {
      // The radix has at most 62 bits.
      let digit = Int64(Int(exactly: rest % radix - offset) ?? .max)
      isSound = (digit.magnitude <= shape.tables[table].entryBound.magnitude) && isSound
      digits.append(digit)
      rest = rest / radix
    }
    isSound = (rest.signum == 0) && isSound
    return digits
  }

  /// Sets number `index` to Σ noise_g·S^(g − first) modulo t over the groups of one pack.
  func setNoise(
    _ noise: borrowing CellNoise, cell: Int, table: Int, pack: Int, of residues: inout SecretResidues,
    at index: Int
  ) {
    let first = pack * groupsPerPack
    let groups = first..<min(shape.groups, first + groupsPerPack)
    let bound = UInt64(shape.entryBound)
    guard let radix = UInt64(exactly: radix) else { preconditionFailure("a radix has at most 62 bits") }
    unsafe noise.withValues(cell: cell, table: table, groups: groups) { values in
      // Digits made non-negative by the offset, which is then taken off in one piece.
      for group in values.indices.reversed() {
        unsafe residues.multiply(index, by: radix, adding: UInt64(bitPattern: values[group]) &+ bound)
      }
    }
    residues.subtract(index, offset(digits: groups.count))
  }
}

extension CellNoise {
  /// What is added to one cell, table and pack, modulo t, for tests.
  package func packed(cell: Int, table: Int, pack: Int, plan: AggregationPlan) -> BigInteger {
    var residues = SecretResidues(modulus: plan.parameters.plaintextModulus, count: 1)
    plan.setNoise(self, cell: cell, table: table, pack: pack, of: &residues, at: 0)
    return residues.value(0)
  }
}
