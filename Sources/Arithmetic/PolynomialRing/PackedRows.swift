// Fence: reads packed coefficients from memory that the caller owns, of a checked length, into rows of this room's
// kernels (see RowStorage.swift).
import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures

/// Many polynomials with small coefficients as they stand in memory, one after the other: N coefficients of `bits` bits
/// each, lowest bits first, without gaps. Nothing is kept by value: they are transformed where they are needed.
public struct PackedRows: Sendable, Hashable {
  /// N.
  public let degree: Int
  /// Bits of a coefficient, 1…32. Eight of them are read fastest.
  public let bits: Int
  /// What the coefficients are residues of; they are taken as centred.
  public let modulus: Modulus

  /// Coefficients modulo `modulus` in `bits` bits, N a multiple of 8.
  public init(degree: Int, bits: Int, modulus: Modulus) {
    precondition(degree % 8 == 0 && (1...32).contains(bits))
    self.degree = degree
    self.bits = bits
    self.modulus = modulus
  }

  /// Bytes of one polynomial.
  public var rowByteCount: Int { degree / 8 * bits }

  /// Writes residues below 2^bits into `bytes`, at row `index`.
  public func write(_ residues: [UInt64], to bytes: inout [UInt8], row index: Int) {
    precondition(residues.count == degree && (index + 1) * rowByteCount <= bytes.count)
    var (word, filled, place) = (UInt64(0), 0, index * rowByteCount)
    for residue in residues {
      word |= residue << UInt64(filled)
      filled += bits
      while filled >= 8 {
        bytes[place] = UInt8(truncatingIfNeeded: word)
        word >>= 8
        filled -= 8
        place += 1
      }
    }
  }

  /// The residues of the one row that `bytes` hold; too large ones of a damaged file are reduced.
  public func residues(_ bytes: RawSpan) -> [UInt64] {
    precondition(bytes.byteCount == rowByteCount)
    return unsafe bytes.withUnsafeBytes { buffer in
      unsafe [UInt64](unsafeUninitializedCapacity: degree) { target, initialized in
        guard let base = target.baseAddress, let start = buffer.baseAddress else { return }
        let row = unsafe start.assumingMemoryBound(to: UInt8.self)
        unsafe unpack(row, end: row + buffer.count, to: base)
        initialized = degree
      }
    }
  }

  /// One row's values. The bytes behind the row may be read up to `end`, never beyond.
  func transform(
    _ row: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt64>,
    _ ring: ResidueRing
  ) {
    if bits == 8, modulus.value <= ring.modulus.value {
      unsafe ring.forward(target, bytes: row, from: modulus)
    } else {
      unsafe unpack(row, end: end, to: target)
      unsafe ring.liftCentered(target, target, from: modulus)
      unsafe ring.forward(target)
    }
  }

  private func unpack(
    _ row: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt64>
  ) {
    let mask = (UInt64(1) << UInt64(bits)) - 1
    let base = unsafe UnsafeRawPointer(row)
    // Eight bytes at once where they are there.
    let whole = unsafe min(degree, max(0, (end - row - 8) * 8 / bits))
    var largest: UInt64 = 0
    for i in 0..<whole {
      let bit = i &* bits
      let word = unsafe base.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
      let value = (UInt64(littleEndian: word) &>> UInt64(bit & 7)) & mask
      largest = max(largest, value)
      unsafe target[i] = value
    }
    for i in whole..<degree {
      var (bit, value) = (i * bits, UInt64(0))
      for place in 0..<bits {
        unsafe value |= UInt64((row[bit >> 3] >> UInt8(bit & 7)) & 1) << UInt64(place)
        bit += 1
      }
      largest = max(largest, value)
      unsafe target[i] = value
    }
    // Residues that a damaged file has made too large must not leave the kernels' range.
    if largest >= modulus.value {
      for i in 0..<degree { unsafe target[i] = modulus.reduce(target[i]) }
    }
  }
}

/// Where the rows of several inner products stand in one piece of memory.
public struct RowBlocksLayout: Sendable, Hashable {
  /// How many inner products.
  public let count: Int
  /// Bytes from the first row of one to the first row of the next.
  public let stride: Int
  /// Bytes before the first row.
  public let offset: Int

  /// Takes them; all ≥ 0.
  public init(count: Int, stride: Int, offset: Int = 0) {
    precondition(count >= 0 && stride >= 0 && offset >= 0)
    self.count = count
    self.stride = stride
    self.offset = offset
  }
}

extension RNSPolynomial where Form == Evaluation {
  /// For each of `layout.count` runs of rows p_k in `bytes`, and for each list of polynomials, Σ_k list[k]·p_k.
  ///
  /// Rows are lifted and transformed once for all lists. A block of terms is taken through all runs before the next:
  /// the lists' part of it, the transformed rows and the sums then stay in the second-level cache, where whole lists would
  /// not fit. Give few runs at a time (`PackedRows.runs`).
  public static func innerProducts(
    of lists: [[RNSPolynomial]], _ rows: PackedRows, in bytes: RawSpan, _ layout: RowBlocksLayout,
    basis: RNSBasis
  ) -> [[RNSPolynomial]] {
    let terms = lists.first?.count ?? 0
    precondition(terms > 0 && lists.allSatisfy { $0.count == terms })
    precondition(lists.allSatisfy { $0.allSatisfy { $0.basis.isSame(as: basis) } })
    let last = layout.offset + max(0, layout.count - 1) * layout.stride
    precondition(rows.degree == basis.degree && bytes.byteCount >= last + terms * rows.rowByteCount)
    var sums = (0..<layout.count).map { _ in lists.map { _ in RNSPolynomial(zero: basis) } }
    let blockTerms = PackedRows.blockTerms(degree: basis.degree)
    let scratch = RowStorage(
      count: blockTerms * ResidueRing.rowSpacing(degree: basis.degree))
    unsafe bytes.withUnsafeBytes { buffer in
      for block in stride(from: 0, to: terms, by: blockTerms) {
        let range = block..<min(block + blockTerms, terms)
        for run in sums.indices {
          let first = layout.offset + run * layout.stride + block * rows.rowByteCount
          let next =
            run + 1 < sums.count
            ? first + layout.stride : layout.offset + (block + blockTerms) * rows.rowByteCount
          for index in basis.rings.indices {
            let factors = unsafe rows.transformed(
              range.count, from: first, next: next, of: buffer, basis.rings[index], scratch)
            for list in lists.indices {
              unsafe sums[run][list].add(lists[list][range], times: factors, row: index)
            }
          }
        }
      }
    }
    withExtendedLifetime(scratch) {}
    return sums
  }

  /// self += Σ a_k·b_k in one row.
  private mutating func add(
    _ a: ArraySlice<RNSPolynomial>, times b: [UnsafePointer<UInt64>], row index: Int
  ) {
    let (ring, offset) = (basis.rings[index], index * basis.degree)
    let operands = unsafe a.map { p in unsafe p.withRows { rows in unsafe rows + offset } }
    unsafe withMutableRows { target in
      unsafe operands.withUnsafeBufferPointer { x in
        unsafe b.withUnsafeBufferPointer { y in unsafe ring.dotAdd(target + offset, x, y) }
      }
    }
    // The operands above are good while the slice holds the polynomials.
    withExtendedLifetime(a) {}
  }
}

extension PackedRows {
  /// Rows that are transformed before they are multiplied.
  static func blockTerms(degree: Int) -> Int { max(4, 16384 / degree) }
  /// Inner products that share a block of the lists.
  public static let runs = 8

  /// `count` rows from byte `start` on by their values, in `scratch`. As many bytes from `next` on are read next.
  fileprivate func transformed(
    _ count: Int, from start: Int, next: Int, of buffer: UnsafeRawBufferPointer, _ ring: ResidueRing,
    _ scratch: RowStorage
  ) -> [UnsafePointer<UInt64>] {
    guard let base = buffer.baseAddress else { return unsafe [] }
    let first = unsafe base.assumingMemoryBound(to: UInt8.self)
    let end = unsafe first + buffer.count
    return unsafe (0..<count).map { k in
      let row = unsafe scratch.words + k * ResidueRing.rowSpacing(degree: degree)
      let ahead = min(next + k * rowByteCount, buffer.count)
      unsafe prefetch(UnsafeRawBufferPointer(rebasing: buffer[ahead...].prefix(rowByteCount)))
      unsafe transform(first + start + k * rowByteCount, end: end, to: row, ring)
      return unsafe UnsafePointer(row)
    }
  }
}
