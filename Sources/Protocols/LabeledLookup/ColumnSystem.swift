/// Linear equations ⟨(1, v), a⟩ = values modulo a prime: one column of a table while it is built.
///
/// Rows are kept in echelon form, as doubles: sums of at most 128 products of residues below 2^20 stay below 2^47, so that
/// every operation is exact, and runs on any processor's vectors.
struct ColumnSystem {
  private typealias Chunk = SIMD8<Double>
  private let modulus: UInt64
  private let unknowns: Int
  private let values: Int
  private let chunks: Int
  /// Echelon rows: unknowns, then right sides, padded to whole chunks.
  private var rows: [Chunk] = []
  /// The unknown that each row determines.
  private var pivots: [Int] = []

  /// `unknowns` ≤ 128 of them, each a list of `values` residues modulo the prime `modulus` < 2^20.
  init(modulus: UInt64, unknowns: Int, values: Int) {
    precondition(unknowns <= 128 && modulus < 1 << 20)
    self.modulus = modulus
    self.unknowns = unknowns
    self.values = values
    chunks = (unknowns + values + 7) / 8
  }

  /// Forgets all equations.
  mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    pivots.removeAll(keepingCapacity: true)
  }

  /// Adds an equation. Returns false, and leaves the system as it was, where it contradicts the others.
  mutating func add(
    vector: some Collection<some BinaryInteger>, values right: some Collection<some BinaryInteger>
  ) -> Bool {
    var row = [Chunk](repeating: .zero, count: chunks)
    row[0][0] = 1
    for (index, digit) in vector.enumerated() { row[(index + 1) / 8][(index + 1) % 8] = Double(digit) }
    for (index, digit) in right.enumerated() {
      row[(unknowns + index) / 8][(unknowns + index) % 8] = Double(digit)
    }
    for (index, pivot) in pivots.enumerated() {
      let factor = reduce(row[pivot / 8])[pivot % 8]
      guard factor != 0 else { continue }
      let times = Chunk(repeating: Double(modulus) - factor)
      let start = index * chunks
      for chunk in (pivot / 8)..<chunks { row[chunk] += times * rows[start + chunk] }
    }
    for chunk in 0..<chunks { row[chunk] = reduce(row[chunk]) }
    guard let pivot = (0..<unknowns).first(where: { row[$0 / 8][$0 % 8] != 0 }) else {
      return row.allSatisfy { $0 == .zero }
    }
    let scale = Chunk(repeating: inverse(row[pivot / 8][pivot % 8]))
    for chunk in 0..<chunks { rows.append(reduce(row[chunk] * scale)) }
    pivots.append(pivot)
    return true
  }

  /// Solves for all unknowns. `solution` holds `values` residues for each unknown, one unknown after the other; those of
  /// free ones stay, the others are overwritten.
  func solve(_ solution: inout [UInt32]) {
    let width = (values + 7) / 8
    var known = [Chunk](repeating: .zero, count: unknowns * width)
    for unknown in 0..<unknowns {
      for value in 0..<values {
        known[unknown * width + value / 8][value % 8] = Double(solution[unknown * values + value])
      }
    }
    for (index, pivot) in pivots.enumerated().reversed() {
      let row = index * chunks
      var sums = [Chunk](repeating: .zero, count: width)
      for value in 0..<values {
        let column = unknowns + value
        sums[value / 8][value % 8] = rows[row + column / 8][column % 8]
      }
      for unknown in (pivot + 1)..<max(unknowns, pivot + 1) {
        let factor = rows[row + unknown / 8][unknown % 8]
        guard factor != 0 else { continue }
        let times = Chunk(repeating: Double(modulus) - factor)
        for chunk in 0..<width { sums[chunk] += times * known[unknown * width + chunk] }
      }
      for chunk in 0..<width { known[pivot * width + chunk] = reduce(sums[chunk]) }
    }
    for pivot in pivots {
      for value in 0..<values {
        solution[pivot * values + value] = UInt32(known[pivot * width + value / 8][value % 8])
      }
    }
  }

  /// x^(p − 2).
  private func inverse(_ x: Double) -> Double {
    var (power, square, exponent) = (UInt64(1), UInt64(x), modulus - 2)
    while exponent > 0 {
      if exponent & 1 == 1 { power = power * square % modulus }
      square = square * square % modulus
      exponent >>= 1
    }
    return Double(power)
  }

  /// Residues of whole numbers in [0, 2^50).
  @inline(__always)
  private func reduce(_ x: Chunk) -> Chunk {
    let modulus = Chunk(repeating: Double(modulus))
    // Adding and taking away 1.5·2^52 rounds to a whole number, where there is no instruction for it. The quotient is then at
    // most one away from the floor.
    let magic = Chunk(repeating: 6_755_399_441_055_744)
    let quotient = (x / modulus - Chunk(repeating: 0.5) + magic) - magic
    var rest = x - quotient * modulus
    rest.replace(with: rest + modulus, where: rest .< .zero)
    rest.replace(with: rest - modulus, where: rest .>= modulus)
    return rest
  }
}
