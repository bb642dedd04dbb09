import Primitives
import Secrets

// Fence: columns and rows by pointer, behind checked lengths.

/// The side of an extension that has both values of each transfer; see `TransferReceiver`.
@safe
public struct TransferSender: ~Copyable {
  private let offset: SecretBuffer<Block>
  private let chosen: [ColumnStream]
  private var columns = SecretBytes(count: 128 * ColumnStrip.stride)
  private var scratch = SecretBuffer<Block>(count: 128)

  /// The offset s, and the keys that `BaseTransferReceiver` got for its bits.
  public init(offset: consuming SecretBuffer<Block>, keys: borrowing SecretBytes) {
    precondition(offset.count == 1, "an offset is one block")
    self.offset = offset
    chosen = ColumnStream.all(keys: keys)
  }

  var offsetBlock: Block { unsafe offset.withUnsafeBufferPointer { unsafe $0[0] } }

  /// The bits of an offset as the choices of base transfers, a byte for each.
  public static func choices(of offset: borrowing SecretBuffer<Block>) -> SecretBytes {
    unsafe offset.withUnsafeBufferPointer { offset in
      unsafe SecretBytes(count: BaseTransfer.count) { choices in
        for index in 0..<BaseTransfer.count {
          unsafe choices[index] = UInt8(offset[0][index / 64] >> UInt64(index % 64) & 1)
        }
      }
    }
  }

  /// As many transfers as `rows` has blocks, from what the receiver sent. Throws `messageLength`.
  public mutating func extend(
    message: [UInt8], into rows: UnsafeMutableBufferPointer<Block>
  ) throws(ObliviousTransferError) {
    let expected = ColumnStrip.messageByteCount(rows.count)
    guard message.count == expected else { throw .messageLength(message.count, expected: expected) }
    guard let base = rows.baseAddress else { return }
    let count = rows.count
    unsafe message.withUnsafeBytes { message in
      guard var source = message.baseAddress else { return }
      ColumnStrip.forEach(count: count) { first, count, columnByteCount in
        unsafe extendStrip(source, columnByteCount: columnByteCount)
        unsafe withColumns { columns, scratch in
          unsafe ColumnStrip.transpose(columns, count: count, into: base + first, scratch: scratch)
        }
        unsafe source += 128 * columnByteCount
      }
    }
  }

  private mutating func extendStrip(_ message: UnsafeRawPointer, columnByteCount size: Int) {
    let s = offsetBlock
    unsafe columns.withUnsafeMutableBufferPointer { columns in
      guard let columns = UnsafeMutableRawPointer(columns.baseAddress) else { return }
      for column in 0..<128 {
        let q = unsafe columns + ColumnStrip.stride * column, u = unsafe message + size * column
        unsafe chosen[column].fill(UnsafeMutableRawBufferPointer(start: q, count: size))
        let mask = Block(repeating: 0 &- (s[column / 64] >> UInt64(column % 64) & 1))
        for offset in stride(from: 0, to: size, by: 16) {
          let sum =
            unsafe q.loadUnaligned(fromByteOffset: offset, as: Block.self)
            ^ u.loadUnaligned(fromByteOffset: offset, as: Block.self) & mask
          unsafe q.storeBytes(of: sum, toByteOffset: offset, as: Block.self)
        }
      }
    }
  }

  private mutating func withColumns(_ body: (UnsafeRawPointer, UnsafeMutablePointer<Block>) -> Void) {
    unsafe columns.withUnsafeBufferPointer { columns in
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        guard let columns = unsafe UnsafeRawPointer(columns.baseAddress), let scratch = scratch.baseAddress
        else { return }
        unsafe body(columns, scratch)
      }
    }
  }

  /// H(q_j, j) and H(q_j ⊕ s, j) side by side: the two keys of each transfer, of which the receiver has the hash of its row.
  /// Keys of the hash change every 128 transfers.
  public borrowing func keys(
    of rows: UnsafeBufferPointer<Block>, _ hash: inout TweakedHash
  ) -> SecretBuffer<Block> {
    let s = offsetBlock
    return unsafe SecretBuffer<Block>(count: 2 * rows.count) { keys in
      guard let base = keys.baseAddress else { return }
      for index in rows.indices {
        unsafe base[2 * index] = rows[index]
        unsafe base[2 * index + 1] = rows[index] ^ s
      }
      for first in stride(from: 0, to: rows.count, by: TweakedHash.maximumTweaks) {
        let count = min(TweakedHash.maximumTweaks, rows.count - first)
        unsafe hash.hash(base + 2 * first, count: 2 * count, .two)
      }
    }
  }
}

extension TransferReceiver {
  /// H(t_j, j): the key of each choice, as `TransferSender.keys` has both.
  public static func keys(
    of rows: UnsafeBufferPointer<Block>, _ hash: inout TweakedHash
  ) -> SecretBuffer<Block> {
    unsafe SecretBuffer<Block>(count: rows.count) { keys in
      guard let base = keys.baseAddress else { return }
      for index in rows.indices { unsafe base[index] = rows[index] }
      for first in stride(from: 0, to: rows.count, by: TweakedHash.maximumTweaks) {
        let count = min(TweakedHash.maximumTweaks, rows.count - first)
        unsafe hash.hash(base + first, count: count, .one)
      }
    }
  }
}
