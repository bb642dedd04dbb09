import Primitives
import Secrets

// Fence: rows by pointer.

/// Catches a receiver whose columns do not all use the same choices, by which it would learn bits of the sender's offset.
///
///     receiver                                            sender
///     an extension with 64 transfers more, at random
///     choices, behind the others   ────────────▶
///                                  ◀────────────   χ, 64 bits for each transfer, after the columns came
///     x = Σ r_j·χ_j ⊕ r', T_k = Σ χ_j[k]·t_j ⊕ t'_k
///                                  ────────────▶   Q_k = Σ χ_j[k]·q_j ⊕ q'_k;  Q_k ⊕ T_k = x[k]·s for all k
///
/// The linear universal hash over columns of Roy (SoftSpokenOT, eprint 2022/192), with χ from a seed that the sender
/// draws once it has the columns; the 64 extra transfers r', t' hide x. Columns that differ in c places from a consistent
/// choice pass only if the receiver guesses c bits of s, or with probability 2^-51 (a union over pairs of columns): so a receiver can learn a few bits of s, at the
/// risk of being caught, with probability 2^-c for c bits.
public enum ConsistencyCheck {
  /// Transfers that a check uses up.
  public static let extraTransfers = 64
  /// Bytes of the receiver's answer.
  public static let responseByteCount = 8 + 16 * extraTransfers

  /// The number of transfers to extend for `count` that are wanted: a multiple of 8, then the extra ones.
  public static func transferCount(for count: Int) -> Int { (count + 7) / 8 * 8 + extraTransfers }

  /// Σ χ_j[k]·row_j ⊕ (extra row k) for all k, and Σ r_j·χ_j ⊕ r' for `choices` with a bit for each row.
  fileprivate static func combine(
    _ challenge: Seed, _ rows: UnsafeBufferPointer<Block>, choices: [UInt8]
  ) -> Combination {
    let wanted = rows.count - extraTransfers
    precondition(
      wanted >= 0 && wanted % 8 == 0 && choices.count == rows.count / 8, "rows of a checked extension")
    var stream = RandomStream(seed: challenge, stream: 0)
    var sums = unsafe SecretBuffer<Block>(count: extraTransfers) { sums in
      for k in sums.indices { unsafe sums[k] = rows[wanted + k] }
    }
    var table = SecretBuffer<Block>(count: 256)
    var indices = [UInt8](repeating: 0, count: extraTransfers)
    var bits = choices[(wanted / 8)...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    for group in 0..<wanted / 8 {
      // Byte k of a group holds χ[k] of its eight transfers.
      unsafe indices.withUnsafeMutableBytes { unsafe stream.fill($0) }
      unsafe table.withUnsafeMutableBufferPointer { table in
        for i in 0..<8 {
          let row = unsafe rows[8 * group + i]
          for j in 0..<1 << i { unsafe table[1 << i | j] = table[j] ^ row }
        }
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          for k in sums.indices { unsafe sums[k] ^= table[Int(indices[k])] }
        }
      }
      for k in 0..<extraTransfers {
        bits ^= UInt64((indices[k] & choices[group]).nonzeroBitCount & 1) << UInt64(k)
      }
    }
    return Combination(sums: sums, choices: bits)
  }

  /// What one side of the check has; in wiped memory, since the sums are of rows.
  fileprivate struct Combination: ~Copyable {
    let sums: SecretBuffer<Block>
    let choices: UInt64
  }
}

extension TransferReceiver {
  /// The answer to a challenge: `rows` and `choices` are those of the whole extension, with as many transfers as
  /// `ConsistencyCheck.transferCount` says and random choices for the last 64.
  public static func response(
    to challenge: Seed, rows: UnsafeBufferPointer<Block>, choices: [UInt8]
  ) -> [UInt8] {
    let own = unsafe ConsistencyCheck.combine(challenge, rows, choices: choices)
    let bits = own.choices
    let head = (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    return unsafe head + own.sums.withUnsafeBufferPointer { unsafe Array(UnsafeRawBufferPointer($0)) }
  }
}

extension TransferSender {
  /// Checks the receiver's answer. Throws `messageLength`, or `inconsistentReceiver`: end the run then, and use no row.
  public borrowing func check(
    _ response: [UInt8], to challenge: Seed, rows: UnsafeBufferPointer<Block>
  ) throws(ObliviousTransferError) {
    guard response.count == ConsistencyCheck.responseByteCount else {
      throw .messageLength(response.count, expected: ConsistencyCheck.responseByteCount)
    }
    let none = [UInt8](repeating: 0, count: rows.count / 8)
    let own = unsafe ConsistencyCheck.combine(challenge, rows, choices: none)
    let s = offsetBlock
    var difference = Block()
    unsafe own.sums.withUnsafeBufferPointer { sums in
      for k in sums.indices {
        let bit = UInt64(response[k / 8] >> UInt8(k % 8) & 1)
        let claimed = unsafe response.withUnsafeBytes {
          unsafe $0.loadUnaligned(fromByteOffset: 8 + 16 * k, as: Block.self)
        }
        difference |= unsafe sums[k] ^ claimed ^ (s & Block(repeating: 0 &- bit))
      }
    }
    guard difference == Block() else { throw .inconsistentReceiver }
  }
}
