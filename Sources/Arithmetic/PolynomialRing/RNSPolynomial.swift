// Fence: whole-row access to the storage for this room's kernels (see RowStorage.swift).
import ModularArithmetic
import NumberTheoreticTransform

/// How a polynomial is represented.
public protocol PolynomialForm: Sendable {}
/// By its N coefficients.
public enum Coefficient: PolynomialForm {}
/// By its values at the odd powers of ψ, in bit-reversed order: slot i holds f(ψ^(2·brv(i)+1)).
public enum Evaluation: PolynomialForm {}

/// An element of Z_Q[X]/(X^N+1) as k rows of N residues, each in [0, q_i). A value: copies share storage until one
/// is written.
public struct RNSPolynomial<Form: PolynomialForm>: Sendable {
  /// The primes and their transforms.
  public let basis: RNSBasis
  private var storage: RowStorage

  /// Storage with undefined content, for code that writes every row.
  init(uninitialized basis: RNSBasis, isWiped: Bool = false) {
    self.basis = basis
    storage = RowStorage(count: basis.count * basis.degree, isWiped: isWiped)
  }

  private init(basis: RNSBasis, storage: RowStorage) {
    self.basis = basis
    self.storage = storage
  }

  /// The zero polynomial. `isWiped`: its storage, and every copy of that on write, is overwritten at the end: for
  /// what a message, a noise or a mask can be read from.
  public init(zero basis: RNSBasis, isWiped: Bool = false) {
    self.init(uninitialized: basis, isWiped: isWiped)
    storage.zero()
  }

  /// N.
  public var degree: Int { basis.degree }

  /// Reads all rows: row i starts at i·N.
  func withRows<R, E: Error>(_ body: (UnsafePointer<UInt64>) throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(storage) {} }
    return try unsafe body(UnsafePointer(storage.words))
  }

  /// Writes all rows, after a copy if the storage is shared.
  mutating func withMutableRows<R, E: Error>(
    _ body: (UnsafeMutablePointer<UInt64>) throws(E) -> R
  ) throws(E) -> R {
    if !isKnownUniquelyReferenced(&storage) { storage = RowStorage(copying: storage) }
    defer { withExtendedLifetime(storage) {} }
    return try unsafe body(storage.words)
  }

  /// The same residues under another name of form or a longer-lived basis object.
  consuming func reinterpreted<Other: PolynomialForm>(as _: Other.Type) -> RNSPolynomial<Other> {
    RNSPolynomial<Other>(basis: basis, storage: storage)
  }

  /// The residues of row `index`, for encoding and tests.
  public func row(_ index: Int) -> [UInt64] {
    precondition((0..<basis.count).contains(index))
    return unsafe withRows { rows in
      unsafe Array(UnsafeBufferPointer(start: rows + index * degree, count: degree))
    }
  }

  /// Takes k rows of N residues from outside. Throws `invalidCoefficients` on a wrong shape and
  /// `residueOutOfRange` on a residue ≥ its prime.
  public init(rows: [[UInt64]], basis: RNSBasis) throws(PolynomialRingError) {
    guard rows.count == basis.count, rows.allSatisfy({ $0.count == basis.degree }) else {
      throw .invalidCoefficients
    }
    for (row, ring) in zip(rows, basis.rings) {
      guard row.allSatisfy({ $0 < ring.modulus.value }) else { throw .residueOutOfRange }
    }
    self.init(uninitialized: basis)
    let degree = basis.degree
    unsafe withMutableRows { target in
      for (index, row) in rows.enumerated() {
        for (column, value) in row.enumerated() { unsafe target[index * degree + column] = value }
      }
    }
  }

  /// Whether every residue is zero. Constant time in the residues.
  public var isZero: Bool {
    unsafe withRows { rows in
      var bits: UInt64 = 0
      for i in 0..<(basis.count * degree) { unsafe bits |= rows[i] }
      return bits == 0
    }
  }

  /// Hands each row, as a checked buffer, to `body`.
  public func forEachRow<E: Error>(
    _ body: (_ row: Span<UInt64>, _ modulus: Modulus) throws(E) -> Void
  ) throws(E) {
    let degree = degree
    try unsafe withRows { (rows) throws(E) in
      for (index, ring) in basis.rings.enumerated() {
        let buffer = unsafe UnsafeBufferPointer(start: rows + index * degree, count: degree)
        try body(unsafe buffer.span, ring.modulus)
      }
    }
  }

  /// A polynomial whose rows `body` writes one by one over zeros. Nothing is checked: where the words come from
  /// outside, `hasReducedResidues` must hold before anything else is done with it.
  public init<E: Error>(
    basis: RNSBasis,
    fillingRows body: (_ row: inout MutableSpan<UInt64>, _ modulus: Modulus) throws(E) -> Void
  ) throws(E) {
    self.init(uninitialized: basis)
    storage.zero()
    let degree = basis.degree
    let rings = basis.rings
    try unsafe withMutableRows { (rows) throws(E) in
      for (index, ring) in rings.enumerated() {
        let buffer = unsafe UnsafeMutableBufferPointer(start: rows + index * degree, count: degree)
        var span = unsafe buffer.mutableSpan
        try body(&span, ring.modulus)
      }
    }
  }

  /// Whether every residue is below its prime: the check after reading rows from outside.
  public var hasReducedResidues: Bool {
    let degree = degree
    return unsafe withRows { rows in
      for (index, ring) in basis.rings.enumerated() {
        let q = ring.modulus.value
        let row = unsafe rows + index * degree
        var above: UInt64 = 0
        for i in 0..<degree { unsafe above |= (q &- 1 &- row[i]) | row[i] }
        if above >> 63 != 0 { return false }
      }
      return true
    }
  }
}

extension RNSPolynomial: Equatable {
  /// Whether both have the same basis and residues. Variable time: for public polynomials and tests.
  public static func == (a: Self, b: Self) -> Bool {
    guard a.basis.isSame(as: b.basis) else { return false }
    return unsafe a.withRows { x in
      unsafe b.withRows { y in
        for i in 0..<(a.basis.count * a.degree) where unsafe x[i] != y[i] { return false }
        return true
      }
    }
  }
}
