import BigIntegers
import Paillier
import Secrets

// Fence: lines of a text copied into buffers.

/// Encrypted numbers as python-paillier's `pheutil` writes them, one JSON object to a line: `{"v": "decimal ciphertext", "e": exponent}`.
///
/// Sums carry a bound: `"b": 514` says that no mantissa is above 2^514, so that files can be added without losing count.
public enum CiphertextFile {
  /// Decimal digits of n² for 4,096 bits, and some.
  private static let maximumDigits = 2_500
  /// The most lines that are read.
  public static let maximumCount = 1 << 20

  /// The numbers of a text under a key, in their order, at the lowest exponent of any line.
  ///
  /// Mantissas are taken to have `EncryptedNumbers.assumedBits` bits, or as many as a line's `b` says where those are more. Throws
  /// `malformed`, `missing` or `invalid` for v, e or b, `rejected` for ciphertexts that are out of range or not invertible, or whose sums
  /// might overflow.
  public static func numbers(_ text: [UInt8], key: PublicKey) throws(PaillierFilesError) -> EncryptedNumbers {
    var values: [BigInteger] = [], exponents: [Int] = [], bits = EncryptedNumbers.assumedBits
    for line in text.split(separator: UInt8(ascii: "\n"))
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
      guard values.count < maximumCount, line.count <= 2 * maximumDigits else {
        throw .malformed(at: line.startIndex)
      }
      let fields = try FieldReader(secret(line))
      values.append(try fields.integer("v", maximum: maximumDigits))
      guard let exponent = Int(exactly: try fields.integer("e", maximum: 8)),
        NumberEncoding.exponents.contains(exponent)
      else {
        throw .invalid(field: "e")
      }
      exponents.append(exponent)
      if fields.has("b") { bits = max(bits, try Self.bits(fields)) }
    }
    guard !values.isEmpty else { throw .missing(field: "v") }
    let bound = BigInteger(1) << bits
    return try rejecting { () throws(PaillierError) in
      try EncryptedNumbers(Ciphertexts(values, key: key), exponents: exponents, bound: bound)
    }
  }

  /// At most as many bits as any key has.
  private static func bits(_ fields: borrowing FieldReader) throws(PaillierFilesError) -> Int {
    guard let bits = Int(exactly: try fields.integer("b", maximum: 4)), (0...4096).contains(bits) else {
      throw .invalid(field: "b")
    }
    return bits
  }

  /// The text of encrypted numbers, with the bits of their bound as `b` where it is above what a reader assumes: python-paillier does not
  /// look at that field. Re-randomise sums first: their randomness is their inputs'.
  public static func text(of numbers: EncryptedNumbers) -> [UInt8] {
    let bits = (numbers.bound - 1).bitWidth
    let bound = bits > EncryptedNumbers.assumedBits ? ", \"b\": \(bits)" : ""
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
