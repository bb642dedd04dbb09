import BigIntegers
import Paillier
import Secrets

// Fence: lines of a text copied into buffers.

/// Encrypted numbers as python-paillier's `pheutil` writes them, one JSON object to a line: `{"v": "decimal ciphertext", "e": exponent}`.
public enum CiphertextFile {
  /// Decimal digits of n² for 4,096 bits, and some.
  private static let maximumDigits = 2_500
  /// The most lines that are read.
  public static let maximumCount = 1 << 20

  /// The numbers of a text under a key, which may have different exponents: one group for each run of lines of one exponent.
  ///
  /// Throws `malformed`, `missing` or `invalid` for v or e, `rejected` for ciphertexts that are out of range or not invertible.
  public static func numbers(_ text: [UInt8], key: PublicKey) throws(PaillierFilesError) -> [EncryptedNumbers]
  {
    var values: [BigInteger] = [], exponents: [Int] = []
    for line in text.split(separator: UInt8(ascii: "\n"))
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
      guard values.count < maximumCount, line.count <= 2 * maximumDigits else {
        throw .malformed(at: line.startIndex)
      }
      let fields = try FieldReader(secret(Array(line)))
      values.append(try fields.integer("v", maximum: maximumDigits))
      guard let exponent = Int(exactly: try fields.integer("e", maximum: 8)),
        NumberEncoding.exponents.contains(exponent)
      else {
        throw .invalid(field: "e")
      }
      exponents.append(exponent)
    }
    guard !values.isEmpty else { throw .missing(field: "v") }
    let all: Ciphertexts
    do throws(PaillierError) { all = try Ciphertexts(values, key: key) } catch { throw .rejected(error) }
    var groups: [EncryptedNumbers] = [], start = 0
    for end in 1...values.count where end == values.count || exponents[end] != exponents[start] {
      let range = start..<end, exponent = exponents[start]
      groups.append(
        try rejecting { () throws(PaillierError) in try EncryptedNumbers(all[range], exponent: exponent) })
      start = end
    }
    return groups
  }

  /// The text of encrypted numbers. Re-randomise sums first: their randomness is their inputs'.
  public static func text(of numbers: EncryptedNumbers) -> [UInt8] {
    Array(numbers.ciphertexts.values.map { "{\"v\": \"\($0)\", \"e\": \(numbers.exponent)}\n" }.joined().utf8)
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { target in
      for (i, byte) in bytes.enumerated() { unsafe target[i] = byte }
    }
  }
}
