import BigIntegers
import Paillier
import Secrets

// Fence: lines of a text copied into buffers.

/// Encrypted numbers as python-paillier's `pheutil` writes them, one JSON object to a line: `{"v": "decimal ciphertext", "e": exponent}`.
///
/// Sums carry a bound: `"b": "decimal"` says that no mantissa has a larger magnitude, so that files can be added without losing count.
public enum CiphertextFile {
  /// Decimal digits of n² for 4,096 bits, and some.
  private static let maximumDigits = 2_500
  /// Decimal digits of n/3 for 4,096 bits, and some.
  private static let maximumBoundDigits = 1_240
  /// The most lines that are read, blank ones included.
  public static let maximumCount = 1 << 20

  /// What the lines of a text say, in their order.
  public struct Lines: Sendable {
    /// Each line's ciphertext.
    public let ciphertexts: Ciphertexts
    /// Each line's exponent.
    public let exponents: [Int]
  }

  /// The numbers of a text under a key, in their order, at the lowest exponent of any line.
  ///
  /// No mantissa is taken to be larger in magnitude than `EncryptedNumbers.assumedBound`, or than a line's `b` where one is larger.
  /// Throws as `lines` does, `invalid` for b, `rejected(.mayOverflow)` where sums might overflow, and `rejected(.exponentsTooFarApart)`
  /// for more work than `EncryptedNumbers.maximumSquarings`.
  public static func numbers(_ text: [UInt8], key: PublicKey) throws(PaillierFilesError) -> EncryptedNumbers {
    var bound = EncryptedNumbers.assumedBound
    let lines = try read(text, key) { fields throws(PaillierFilesError) in
      if fields.has("b") { bound = max(bound, try Self.bound(fields)) }
    }
    return try rejecting { () throws(PaillierError) in
      try EncryptedNumbers(lines.ciphertexts, exponents: lines.exponents, bound: bound)
    }
  }

  /// The lines of a text under a key, each with its own exponent: what decryption takes, which no bound and no other line's exponent
  /// concern.
  ///
  /// Throws `malformed` for a line that is no object or too long and for more lines than `maximumCount`, `missing` or `invalid` for v or
  /// e, `rejected` for ciphertexts that are out of range or not invertible.
  public static func lines(_ text: [UInt8], key: PublicKey) throws(PaillierFilesError) -> Lines {
    try read(text, key) { _ throws(PaillierFilesError) in }
  }

  private static func read(
    _ text: [UInt8], _ key: PublicKey, each: (borrowing FieldReader) throws(PaillierFilesError) -> Void
  ) throws(PaillierFilesError) -> Lines {
    var values: [BigInteger] = [], exponents: [Int] = []
    var start = 0, count = 0
    // From newline to newline, so that nothing is kept of a line but its numbers.
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      count += 1
      guard count <= maximumCount, end - start <= 2 * maximumDigits else { throw .malformed(at: start) }
      let line = text[start..<end]
      start = end + 1
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
      let fields = try FieldReader(secret(line))
      values.append(try fields.integer("v", maximum: maximumDigits))
      guard let exponent = Int(exactly: try fields.integer("e", maximum: 8)),
        NumberEncoding.exponents.contains(exponent)
      else {
        throw .invalid(field: "e")
      }
      exponents.append(exponent)
      try each(fields)
    }
    guard !values.isEmpty else { throw .missing(field: "v") }
    let ciphertexts = try rejecting { () throws(PaillierError) in try Ciphertexts(values, key: key) }
    return Lines(ciphertexts: ciphertexts, exponents: exponents)
  }

  /// A number in quotes: without them it counted bits in files of earlier versions.
  private static func bound(_ fields: borrowing FieldReader) throws(PaillierFilesError) -> BigInteger {
    guard fields.isText("b") else { throw .invalid(field: "b") }
    let bound = try fields.integer("b", maximum: maximumBoundDigits)
    guard bound.signum >= 0 else { throw .invalid(field: "b") }
    return bound
  }

  /// The text of encrypted numbers, with their bound as `b` where it is above what a reader assumes: python-paillier does not look at that
  /// field. Re-randomise sums first: their randomness is their inputs'.
  public static func text(of numbers: EncryptedNumbers) -> [UInt8] {
    let bound = numbers.bound > EncryptedNumbers.assumedBound ? ", \"b\": \"\(numbers.bound)\"" : ""
    return Array(
      numbers.ciphertexts.values.map { "{\"v\": \"\($0)\", \"e\": \(numbers.exponent)\(bound)}\n" }.joined()
        .utf8
    )
  }

  private static func secret(_ bytes: ArraySlice<UInt8>) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { target in
      for (i, byte) in bytes.enumerated() { unsafe target[i] = byte }
    }
  }
}
