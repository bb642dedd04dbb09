import BigIntegers
import Paillier
import Secrets

// Fence: lines of a text copied into buffers.

/// Encrypted numbers as python-paillier's `pheutil` writes them, one JSON object to a line: `{"v": "decimal ciphertext", "e": exponent}`.
///
/// Sums carry a bound: `"b": "decimal"` says that no mantissa has a larger magnitude, so that files can be added without losing count.
/// Lines that are written here name their key, too: `"k"` is `fingerprint(of:)`. Both fields may be missing, and python-paillier reads
/// neither.
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
    /// Where each stands in the text, from 1, blank lines included.
    public let places: [Int]
    /// The magnitude that each line's mantissa may have once it is decrypted: anything for lines that name their key.
    let plausibleBounds: [BigInteger]

    /// The numbers, decrypted.
    ///
    /// Throws `rejected(.overflow)` and, for a line that does not name its key, `implausible` where the mantissa is above n/3·2^-64 and
    /// the line's `b`: under a wrong key it is uniform, and stays below with probability 2^-64 only. Both name the line.
    public func decrypted(with key: borrowing PrivateKey) throws(PaillierFilesError) -> [DecodedNumber] {
      let numbers: [DecodedNumber]
      do throws(PaillierError) { numbers = try key.decrypt(ciphertexts, exponents: exponents) } catch {
        throw Self.placed(error, places)
      }
      if let bad = numbers.indices.first(where: { numbers[$0].mantissa.magnitude > plausibleBounds[$0] }) {
        throw .atLine(places[bad], .implausible)
      }
      return numbers
    }

    static func placed(_ error: PaillierError, _ places: [Int]) -> PaillierFilesError {
      error.index.map { .atLine(places[$0], .rejected(error)) } ?? .rejected(error)
    }
  }

  /// What names a key in lines: half of the SHA-256 of the encoded key, in hexadecimal digits.
  public static func fingerprint(of key: PublicKey) -> String {
    key.digest.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
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
  /// Throws `tooManyLines` for more than `maximumCount`, `empty`, and with the line's number `malformed` for one that is no object or too
  /// long, `missing` or `invalid` for v, e or k, `otherKey` where k is of another key, `rejected` for ciphertexts that are out of range
  /// or not invertible.
  public static func lines(_ text: [UInt8], key: PublicKey) throws(PaillierFilesError) -> Lines {
    try read(text, key) { _ throws(PaillierFilesError) in }
  }

  private static func read(
    _ text: [UInt8], _ key: PublicKey, each: (borrowing FieldReader) throws(PaillierFilesError) -> Void
  ) throws(PaillierFilesError) -> Lines {
    let fingerprint = fingerprint(of: key), plausible = key.maximumMagnitude >> 64
    var values: [BigInteger] = [], exponents: [Int] = [], places: [Int] = [], bounds: [BigInteger] = []
    var start = 0, count = 0
    // From newline to newline, so that nothing is kept of a line but its numbers.
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      count += 1
      guard count <= maximumCount else { throw .tooManyLines(maximum: maximumCount) }
      let line = text[start..<end]
      start = end + 1
      guard line.count <= 2 * maximumDigits else { throw .atLine(count, .malformed(at: 2 * maximumDigits)) }
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
      do throws(PaillierFilesError) {
        let fields = try FieldReader(secret(line))
        let isNamed = try checkKey(fields, fingerprint)
        values.append(try fields.integer("v", maximum: maximumDigits))
        exponents.append(try exponent(fields))
        bounds.append(isNamed ? key.n : max(plausible, (try? bound(fields)) ?? 0))
        try each(fields)
      } catch { throw .atLine(count, error) }
      places.append(count)
    }
    guard !values.isEmpty else { throw .empty }
    let ciphertexts: Ciphertexts
    do throws(PaillierError) { ciphertexts = try Ciphertexts(values, key: key) } catch {
      throw Lines.placed(error, places)
    }
    return Lines(ciphertexts: ciphertexts, exponents: exponents, places: places, plausibleBounds: bounds)
  }

  private static func exponent(_ fields: borrowing FieldReader) throws(PaillierFilesError) -> Int {
    guard let exponent = Int(exactly: try fields.integer("e", maximum: 8)),
      NumberEncoding.exponents.contains(exponent)
    else { throw .invalid(field: "e") }
    return exponent
  }

  /// Whether a line names its key, which must be this one.
  private static func checkKey(
    _ fields: borrowing FieldReader, _ fingerprint: String
  ) throws(PaillierFilesError) -> Bool {
    guard fields.has("k") else { return false }
    guard fields.isText("k") else { throw .invalid(field: "k") }
    do throws(PaillierFilesError) { try fields.expect(fingerprint, "k") } catch { throw .otherKey }
    return true
  }

  /// A number in quotes: without them it counted bits in files of earlier versions.
  private static func bound(_ fields: borrowing FieldReader) throws(PaillierFilesError) -> BigInteger {
    guard fields.isText("b") else { throw .invalid(field: "b") }
    let bound = try fields.integer("b", maximum: maximumBoundDigits)
    guard bound.signum >= 0 else { throw .invalid(field: "b") }
    return bound
  }

  /// The text of encrypted numbers, with their key's fingerprint as `k`, and their bound as `b` where it is above what a reader assumes:
  /// python-paillier looks at neither field. Re-randomise sums first: their randomness is their inputs'.
  public static func text(of numbers: EncryptedNumbers) -> [UInt8] {
    let bound = numbers.bound > EncryptedNumbers.assumedBound ? ", \"b\": \"\(numbers.bound)\"" : ""
    let rest = "\"e\": \(numbers.exponent), \"k\": \"\(fingerprint(of: numbers.ciphertexts.key))\"\(bound)}\n"
    return Array(numbers.ciphertexts.values.map { "{\"v\": \"\($0)\", \(rest)" }.joined().utf8)
  }

  private static func secret(_ bytes: ArraySlice<UInt8>) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { target in
      for (i, byte) in bytes.enumerated() { unsafe target[i] = byte }
    }
  }
}
