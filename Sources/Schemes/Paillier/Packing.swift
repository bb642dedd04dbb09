import BigIntegers
import Secrets

/// Many bounded integers in one plaintext, side by side, with room for an agreed number of additions.
///
/// A value v in `range` takes a slot as v − lowest, which is never negative, so that slots do not borrow; `addends` vectors added
/// together stay below the slot's end. Adding ciphertexts adds all slots at once.
public struct Packing: Sendable, Equatable {
  /// What a value may be.
  public let range: ClosedRange<Int>
  /// How many vectors may be added, at least 1.
  public let addends: Int
  /// Slots of one plaintext.
  public let slots: Int
  /// Bits of a slot.
  public let slotBits: Int
  private let wordCount: Int

  /// For one key. Throws `mayOverflow` where not even one slot fits.
  public init(key: PublicKey, range: ClosedRange<Int>, addends: Int) throws(PaillierError) {
    precondition(addends >= 1, "a number of addends")
    let span = BigInteger(range.upperBound) - BigInteger(range.lowerBound)
    slotBits = max(1, (span * BigInteger(addends)).bitWidth)
    // Every packed number is below 2^(bits − 3) < n/3, since n ≥ 2^(bits − 1): so it is no overflow either.
    slots = (key.bitWidth - 3) / slotBits
    guard slots >= 1 else { throw .mayOverflow }
    self.range = range
    self.addends = addends
    wordCount = key.wordCount
  }

  /// Plaintexts that `count` values take.
  public func plaintextCount(_ count: Int) -> Int { (count + slots - 1) / slots }

  /// Packs values into residues, the first one lowest. Throws `valueOutOfRange`.
  public func encode(_ values: [Int]) throws(PaillierError) -> SecretIntegers {
    if let bad = values.firstIndex(where: { !range.contains($0) }) { throw .valueOutOfRange(index: bad) }
    var words = [UInt64](repeating: 0, count: plaintextCount(values.count) * wordCount)
    for (i, value) in values.enumerated() {
      let offset = UInt64(bitPattern: Int64(value &- range.lowerBound))
      let bit = i % slots * slotBits, index = i / slots * wordCount + bit / 64, shift = UInt64(bit % 64)
      words[index] |= offset << shift
      if shift > 0, bit / 64 + 1 < wordCount { words[index + 1] |= offset >> (64 - shift) }
    }
    return SecretIntegers(words: words, wordCount: wordCount)
  }

  /// The `count` sums of slots over `added` vectors. Throws `tooManyAddends`, or `overflow` for the index of a plaintext or value that no
  /// such sum gives, and `notRepresentable` for a sum that is no Int.
  public func decode(
    _ residues: borrowing SecretIntegers, count: Int, added: Int
  ) throws(PaillierError) -> [Int] {
    guard (1...addends).contains(added) else { throw .tooManyAddends(added, maximum: addends) }
    guard residues.count == plaintextCount(count) else {
      throw .differentCounts(residues.count, plaintextCount(count))
    }
    let lowest = BigInteger(range.lowerBound) * BigInteger(added)
    let highest = BigInteger(range.upperBound) * BigInteger(added)
    let size = BigInteger(1) << slotBits
    var values: [Int] = []
    values.reserveCapacity(count)
    for i in 0..<residues.count {
      var rest = residues[i].value(variableTime: ())
      for _ in 0..<min(slots, count - i * slots) {
        let sum = rest % size + lowest
        guard sum <= highest else { throw .overflow(index: values.count) }
        guard let value = Int(exactly: sum) else { throw .notRepresentable(index: values.count) }
        values.append(value)
        rest = rest >> slotBits
      }
      guard rest == 0 else { throw .overflow(index: i) }
    }
    return values
  }
}
