// Fence: rows go to the bit packing of ByteCoding as buffers, for the length of a call.
import ByteCoding
import ModularArithmetic
import PolynomialRing

/// What the encodings of this room begin with.
enum Format: UInt16 {
  case ciphertext = 0x4201
  case seededCiphertext = 0x4202
  case publicKey = 0x4203
  case relinearizationKey = 0x4204
  case galoisKeys = 0x4205
  case answer = 0x4206

  var header: FormatHeader { FormatHeader(type: rawValue, version: 1) }
}

extension ByteWriter {
  /// Format, version and parameter digest.
  mutating func begin(_ format: Format, _ parameters: Parameters) {
    append(format.header)
    append(bytes: parameters.digest)
  }

  /// Every row at its prime's bit width.
  mutating func append<Form>(_ polynomial: RNSPolynomial<Form>) {
    polynomial.forEachRow { row, modulus in
      unsafe row.withUnsafeBufferPointer { words in
        unsafe appendPacked(words, bitsPerValue: modulus.bitWidth)
      }
    }
  }

  /// Numbers below 2^bits in rows of 48-bit limbs.
  mutating func append(limbs: [UInt64], bits: Int) {
    let rows = (bits + 47) / 48
    let count = limbs.count / rows
    unsafe limbs.withUnsafeBufferPointer { words in
      for row in 0..<rows {
        let slice = unsafe UnsafeBufferPointer(rebasing: words[(row * count)..<((row + 1) * count)])
        unsafe appendPacked(slice, bitsPerValue: min(48, bits - 48 * row))
      }
    }
  }
}

/// Bytes that `count` values of `bits` bits take.
private func packedSize(_ count: Int, _ bits: Int) -> Int { (count * bits + 7) / 8 }

/// Bytes that `append(_ polynomial:)` writes.
func encodedSize(_ basis: RNSBasis) -> Int {
  basis.moduli.reduce(0) { $0 + packedSize(basis.degree, $1.bitWidth) }
}

/// Bytes that `append(limbs:bits:)` writes for `count` numbers.
func encodedSize(limbsOf count: Int, bits: Int) -> Int {
  stride(from: 0, to: bits, by: 48).reduce(0) { $0 + packedSize(count, min(48, bits - $1)) }
}

extension ByteReader {
  /// Checks format, version and digest.
  mutating func begin(_ format: Format, _ parameters: Parameters) throws(BFVError) {
    do {
      try expectHeader(format.header)
    } catch { throw .malformed }
    guard try digest() == parameters.digest else { throw .parametersMismatch }
  }

  private mutating func digest() throws(BFVError) -> [UInt8] { try bytes(32) }

  /// Exactly `count` bytes.
  mutating func bytes(_ count: Int) throws(BFVError) -> [UInt8] {
    do { return try readBytes(count) } catch { throw .malformed }
  }

  /// One byte.
  mutating func byte() throws(BFVError) -> UInt8 {
    do { return try readUInt8() } catch { throw .malformed }
  }

  /// Four bytes.
  mutating func word() throws(BFVError) -> UInt32 {
    do { return try readUInt32() } catch { throw .malformed }
  }

  /// Throws unless exactly `count` bytes are left: lengths are checked before anything is allocated for them.
  func expect(left count: Int) throws(BFVError) {
    guard left == count else { throw .malformed }
  }

  /// A polynomial, every residue below its prime.
  mutating func polynomial<Form>(
    _ basis: RNSBasis, as _: Form.Type = Form.self
  ) throws(BFVError) -> RNSPolynomial<Form> {
    guard left >= encodedSize(basis) else { throw .malformed }
    var reader = self
    let polynomial = try RNSPolynomial<Form>(basis: basis) { row, modulus throws(BFVError) in
      try reader.readRow(into: &row, bits: modulus.bitWidth)
    }
    self = reader
    guard polynomial.hasReducedResidues else { throw .malformed }
    return polynomial
  }

  private mutating func readRow(into row: inout MutableSpan<UInt64>, bits: Int) throws(BFVError) {
    var failed = false
    unsafe row.withUnsafeMutableBufferPointer { words in
      do { try unsafe readPacked(into: words, bitsPerValue: bits) } catch { failed = true }
    }
    if failed { throw .malformed }
  }

  /// Numbers below 2^bits in rows of 48-bit limbs.
  mutating func limbs(count: Int, bits: Int) throws(BFVError) -> [UInt64] {
    guard left >= encodedSize(limbsOf: count, bits: bits) else { throw .malformed }
    var limbs = [UInt64](repeating: 0, count: (bits + 47) / 48 * count)
    var failed = false
    unsafe limbs.withUnsafeMutableBufferPointer { words in
      for row in 0..<((bits + 47) / 48) {
        let slice = unsafe UnsafeMutableBufferPointer(rebasing: words[(row * count)..<((row + 1) * count)])
        do { try unsafe readPacked(into: slice, bitsPerValue: min(48, bits - 48 * row)) } catch {
          failed = true
        }
      }
    }
    if failed { throw .malformed }
    return limbs
  }
}
