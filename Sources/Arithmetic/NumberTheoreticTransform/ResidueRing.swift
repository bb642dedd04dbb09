import ModularArithmetic
import NumberTheoreticTransformAVX2
import NumberTheoreticTransformAVX512
import ProcessorFeatures

// Rows are raw memory: this room is the fence between them and the types above. A row holds `degree` words and is
// 64-byte aligned; nothing is read or written outside it.

/// Rows of Z_q[X]/(X^N + 1) for one prime q < 2^48 with q ≡ 1 (mod 2N), a power of two N in 1024…32768 and one code
/// path.
///
/// Every row is 64-byte aligned and holds `degree` words: residues in [0, q) in and out unless an operation says
/// otherwise, checked in debug builds. A result row may be one of the operands, but must not overlap one partly.
/// All variants give the same words. Time depends on `degree`, `modulus`, `variant` and counts only, never on the
/// residues.
@safe public final class ResidueRing: Sendable {
  /// N.
  public let degree: Int
  /// q.
  public let modulus: Modulus
  /// ψ, the smallest primitive 2N-th root of unity modulo q: it fixes the order of evaluations on the wire.
  public let root: UInt64
  /// The code path.
  public let variant: VectorVariant
  let kernel: Kernel

  /// One kernel for each variant.
  enum Kernel: Sendable {
    case base(ScalarKernel)
    case avx2(NumberTheoreticTransformAVX2.VectorKernel)
    case avx512(NumberTheoreticTransformAVX512.VectorKernel)
  }

  /// Computes the tables. Throws a `TransformError` where degree and modulus do not fit; `variant` must be one that
  /// this processor runs.
  public init(
    degree: Int, modulus: Modulus, variant: VectorVariant = .current
  ) throws(TransformError) {
    guard (1024...32768).contains(degree), degree & (degree - 1) == 0 else { throw .unsupportedDegree }
    guard modulus.isPrime else { throw .notPrime }
    precondition(variant <= .current, "this processor does not have the wanted instructions")
    let inverseRoot: UInt64
    let inverseDegree: UInt64
    do {
      root = try modulus.smallestPrimitiveRoot(ofOrder: UInt64(2 * degree))
      inverseRoot = try modulus.inverse(variableTime: root)
      inverseDegree = try modulus.inverse(variableTime: UInt64(degree))
    } catch {
      throw .noRootOfUnity
    }
    self.degree = degree
    self.modulus = modulus
    self.variant = variant
    kernel =
      switch variant {
      case .base:
        .base(
          ScalarKernel(
            degree: degree, modulus: modulus, root: root, inverseRoot: inverseRoot,
            inverseDegree: inverseDegree))
      case .avx2:
        .avx2(
          .init(
            degree: degree, modulus: modulus, root: root, inverseRoot: inverseRoot,
            inverseDegree: inverseDegree))
      case .avx512:
        .avx512(
          .init(
            degree: degree, modulus: modulus, root: root, inverseRoot: inverseRoot,
            inverseDegree: inverseDegree))
      }
  }

  /// How many words apart rows of one allocation should start.
  ///
  /// Any multiple of eight is allowed. At a power of two, all rows fall into the same few cache sets and a dot
  /// product over many of them takes up to half as long again; an odd number of cache lines more spreads them.
  public static func rowSpacing(degree: Int) -> Int { degree + 72 }

  /// Coefficients to evaluations, in place: slot i becomes f(ψ^(2·brv(i)+1)), with brv(i) the log2(N) bits of i
  /// reversed (Longa and Naehrig, 2016, algorithm 1).
  public func forward(_ row: UnsafeMutablePointer<UInt64>) {
    unsafe assertResidues(row)
    switch kernel {
    case .base(let kernel): unsafe kernel.forward(row)
    case .avx2(let kernel): unsafe kernel.forward(row)
    case .avx512(let kernel): unsafe kernel.forward(row)
    }
    unsafe assertResidues(row)
  }

  /// The evaluations of the centred lift of `degree` bytes at any address, residues of `source` ≤ min(256, q); a byte
  /// beyond it counts as its largest residue. Small coefficients are read where they stand.
  public func forward(
    _ row: UnsafeMutablePointer<UInt64>, bytes: UnsafePointer<UInt8>, from source: Modulus
  ) {
    precondition(source.value <= min(256, modulus.value))
    switch kernel {
    case .base(let kernel): unsafe kernel.forward(row, bytes: bytes, from: source)
    case .avx2(let kernel): unsafe kernel.forward(row, bytes: bytes, from: source)
    case .avx512(let kernel): unsafe kernel.forward(row, bytes: bytes, from: source)
    }
    unsafe assertResidues(row)
  }

  /// Evaluations to coefficients, in place: the exact inverse of `forward`, n^-1 included (Longa and Naehrig, 2016,
  /// algorithm 2).
  public func inverse(_ row: UnsafeMutablePointer<UInt64>) {
    unsafe assertResidues(row)
    switch kernel {
    case .base(let kernel): unsafe kernel.inverse(row)
    case .avx2(let kernel): unsafe kernel.inverse(row)
    case .avx512(let kernel): unsafe kernel.inverse(row)
    }
    unsafe assertResidues(row)
  }

  /// Debug builds: the row is aligned and every word is below `bound`, by default q.
  @inline(__always)
  func assertResidues(_ row: UnsafePointer<UInt64>, below bound: UInt64? = nil) {
    assert(unsafe isRow(row, below: bound ?? modulus.value), "a row is 64-byte aligned and within its range")
  }

  /// Debug builds: all rows are.
  @inline(__always)
  func assertResidues(_ rows: UnsafeBufferPointer<UnsafePointer<UInt64>>) {
    assert((0..<rows.count).allSatisfy { unsafe isRow(rows[$0], below: modulus.value) })
  }

  private func isRow(_ row: UnsafePointer<UInt64>, below bound: UInt64) -> Bool {
    let words = unsafe UnsafeBufferPointer(start: row, count: degree)
    return unsafe Int(bitPattern: row) & 63 == 0 && words.allSatisfy { $0 < bound }
  }
}

/// What can be wrong with the arguments of a ring.
public enum TransformError: Error, Equatable, Sendable {
  /// The degree is not a power of two in 1024…32768.
  case unsupportedDegree
  /// The modulus is not prime.
  case notPrime
  /// The modulus is not 1 modulo twice the degree.
  case noRootOfUnity
}
