// Fence: rows go to the kernels of NumberTheoreticTransform (see RowStorage.swift).
import ModularArithmetic
import NumberTheoreticTransform

extension RNSPolynomial {
  /// Calls `body` with each ring, the own row and the other's row.
  private mutating func updateRows(
    with other: borrowing RNSPolynomial,
    _ body: (ResidueRing, UnsafeMutablePointer<UInt64>, UnsafePointer<UInt64>) -> Void
  ) {
    let basis = basis
    precondition(basis.isSame(as: other.basis), "operands of different bases")
    unsafe other.withRows { source in
      unsafe withMutableRows { target in
        for (index, ring) in basis.rings.enumerated() {
          unsafe body(ring, target + index * basis.degree, source + index * basis.degree)
        }
      }
    }
  }

  /// self += other.
  public mutating func add(_ other: RNSPolynomial) {
    unsafe updateRows(with: other) { ring, a, b in unsafe ring.add(a, a, b) }
  }

  /// self −= other.
  public mutating func subtract(_ other: RNSPolynomial) {
    unsafe updateRows(with: other) { ring, a, b in unsafe ring.subtract(a, a, b) }
  }

  /// self = −self.
  public mutating func negate() {
    let basis = basis
    unsafe withMutableRows { rows in
      for (index, ring) in basis.rings.enumerated() {
        let row = unsafe rows + index * basis.degree
        unsafe ring.negate(row, row)
      }
    }
  }

  /// self *= a constant of each prime, in the order of the basis.
  public mutating func multiply(byConstants constants: [FixedMultiplicand]) {
    let basis = basis
    precondition(constants.count == basis.count)
    unsafe withMutableRows { rows in
      for (index, ring) in basis.rings.enumerated() {
        let row = unsafe rows + index * basis.degree
        unsafe ring.multiply(row, row, by: constants[index])
      }
    }
  }
}

extension RNSPolynomial {
  /// The rows of the first primes.
  public func prefix(_ basis: RNSBasis) -> RNSPolynomial {
    precondition(basis.count <= self.basis.count && basis.isSame(as: self.basis.prefix(basis.count)))
    if basis.count == self.basis.count { return self }
    var result = RNSPolynomial(uninitialized: basis)
    unsafe withRows { source in
      unsafe result.withMutableRows { unsafe $0.update(from: source, count: basis.count * basis.degree) }
    }
    return result
  }
}

extension RNSPolynomial where Form == Coefficient {
  /// Multiplies polynomials of one basis by the centred lift of `words`, residues modulo `source`: prime by prime, to
  /// values, product and back while the rows are in the cache.
  public static func multiply(
    _ polynomials: inout [RNSPolynomial], by words: [UInt64], modulo source: Modulus
  ) {
    guard let basis = polynomials.first?.basis else { return }
    let degree = basis.degree
    precondition(words.count == degree && polynomials.allSatisfy { $0.basis.isSame(as: basis) })
    // The kernels take aligned rows, which an array does not promise.
    let (plain, lifted) = (RowStorage(count: degree), RowStorage(count: degree))
    for (column, word) in words.enumerated() { unsafe plain.words[column] = word }
    for (index, ring) in basis.rings.enumerated() {
      unsafe ring.liftCentered(lifted.words, plain.words, from: source)
      unsafe ring.forward(lifted.words)
      for p in polynomials.indices {
        unsafe polynomials[p].withMutableRows { rows in
          let row = unsafe rows + index * degree
          unsafe ring.forward(row)
          unsafe ring.multiply(row, row, lifted.words)
          unsafe ring.inverse(row)
        }
      }
    }
    withExtendedLifetime((plain, lifted)) {}
  }

  /// self *= other in the ring, row by row: to values, product, and back while the row is in the cache.
  public mutating func multiply(by other: RNSPolynomial<Evaluation>) {
    let basis = basis
    precondition(basis.isSame(as: other.basis), "operands of different bases")
    unsafe other.withRows { source in
      unsafe withMutableRows { rows in
        for (index, ring) in basis.rings.enumerated() {
          let row = unsafe rows + index * basis.degree
          unsafe ring.forward(row)
          unsafe ring.multiply(row, row, source + index * basis.degree)
          unsafe ring.inverse(row)
        }
      }
    }
  }

  /// Sets every coefficient but the constant one to zero.
  public mutating func keepConstantCoefficient() {
    let basis = basis
    unsafe withMutableRows { rows in
      for index in 0..<basis.count {
        unsafe (rows + (index * basis.degree + 1)).update(repeating: 0, count: basis.degree - 1)
      }
    }
  }

  /// The same polynomial by its values: N log N butterflies for each prime.
  public consuming func evaluated() -> RNSPolynomial<Evaluation> {
    let basis = basis
    unsafe withMutableRows { rows in
      for (index, ring) in basis.rings.enumerated() { unsafe ring.forward(rows + index * basis.degree) }
    }
    return reinterpreted(as: Evaluation.self)
  }
}

extension RNSPolynomial where Form == Evaluation {
  /// The same polynomial by its coefficients.
  public consuming func interpolated() -> RNSPolynomial<Coefficient> {
    let basis = basis
    unsafe withMutableRows { rows in
      for (index, ring) in basis.rings.enumerated() { unsafe ring.inverse(rows + index * basis.degree) }
    }
    return reinterpreted(as: Coefficient.self)
  }

  /// self *= other, in the ring.
  public mutating func multiply(by other: RNSPolynomial) {
    unsafe updateRows(with: other) { ring, a, b in unsafe ring.multiply(a, a, b) }
  }

  /// self = a·b.
  public init(product a: RNSPolynomial, _ b: RNSPolynomial) {
    let basis = a.basis
    precondition(basis.isSame(as: b.basis), "operands of different bases")
    self.init(uninitialized: basis)
    unsafe withMutableRows { target in
      unsafe a.withRows { x in
        unsafe b.withRows { y in
          for (index, ring) in basis.rings.enumerated() {
            let offset = index * basis.degree
            unsafe ring.multiply(target + offset, x + offset, y + offset)
          }
        }
      }
    }
  }

  /// Σ a_k·b_k over `basis`, whose primes every operand's basis must hold (it may hold more). Reduced once per block
  /// of terms, accumulators in registers.
  public init(innerProductOf a: [RNSPolynomial], _ b: [RNSPolynomial], basis: RNSBasis) {
    precondition(!a.isEmpty && a.count == b.count)
    self.init(uninitialized: basis)
    let degree = basis.degree
    let rowsOfA = a.map { basis.isSame(as: $0.basis) ? Array(0..<basis.count) : basis.indices(in: $0.basis) }
    let rowsOfB = b.map { basis.isSame(as: $0.basis) ? Array(0..<basis.count) : basis.indices(in: $0.basis) }
    let baseOfA = unsafe a.map { p in unsafe p.withRows { rows in unsafe rows } }
    let baseOfB = unsafe b.map { p in unsafe p.withRows { rows in unsafe rows } }
    unsafe withMutableRows { target in
      for (index, ring) in basis.rings.enumerated() {
        let x = unsafe a.indices.map { k in unsafe baseOfA[k] + rowsOfA[k][index] * degree }
        let y = unsafe b.indices.map { k in unsafe baseOfB[k] + rowsOfB[k][index] * degree }
        unsafe x.withUnsafeBufferPointer { x in
          unsafe y.withUnsafeBufferPointer { y in
            unsafe ring.dot(target + index * degree, x, y)
          }
        }
      }
    }
    // The base pointers above are good while the arrays hold the polynomials.
    withExtendedLifetime((a, b)) {}
  }
}
