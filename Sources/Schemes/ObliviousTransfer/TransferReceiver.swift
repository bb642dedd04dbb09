import Primitives
import Secrets

// Fence: columns and rows by pointer, behind checked lengths.

/// The side of an extension that chooses: oblivious transfers by the shape of Ishai, Kilian, Nissim and Petrank (2003).
///
///     receiver (choices r_j)                              sender (offset s)
///     both keys of 128 base transfers                     the keys that the bits of s choose
///     columns t_i = stream(k_{i,0}),
///       u_i = t_i ⊕ stream(k_{i,1}) ⊕ r
///                            u_1 … u_128
///                         ─────────────────▶
///                                                         q_i = stream(k_{i,s_i}) ⊕ s_i·u_i
///     rows t_j                                            rows q_j = t_j ⊕ r_j·s
///
/// So the sender has q_j and q_j ⊕ s, the receiver the one of its choice: *correlated* transfers, which are the labels of
/// garbled circuits as they stand. `TweakedHash` makes independent ones of them. The sender learns nothing of the choices. A receiver
/// that follows the protocol learns nothing of s; `ConsistencyCheck` catches one that does not.
@safe
public struct TransferReceiver: ~Copyable {
  private let zero: [ColumnStream]
  private let one: [ColumnStream]
  private var columns = SecretBytes(count: 128 * ColumnStrip.stride)
  private var scratch = SecretBuffer<Block>(count: 128)

  /// Both keys of each base transfer, as `BaseTransferSender.keys` gives them.
  public init(keys: borrowing BaseKeys) {
    zero = ColumnStream.all(keys: keys.zero)
    one = ColumnStream.all(keys: keys.one)
  }

  /// As many transfers as `rows` has blocks, with a choice bit for each in `choices`, eight to a byte. Writes the rows
  /// and returns what the sender needs, 16 bytes for each transfer and no more than 2,032 above.
  public mutating func extend(choices: [UInt8], into rows: UnsafeMutableBufferPointer<Block>) -> [UInt8] {
    let count = rows.count
    precondition(choices.count == (count + 7) / 8, "a choice for each transfer")
    let byteCount = ColumnStrip.messageByteCount(count)
    guard let rows = rows.baseAddress else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { message, initialized in
      initialized = byteCount
      guard var target = UnsafeMutableRawPointer(message.baseAddress) else { return }
      ColumnStrip.forEach(count: count) { first, count, columnByteCount in
        let padded = Self.paddedChoices(choices, first: first, byteCount: columnByteCount)
        unsafe extendStrip(padded, into: target)
        unsafe withColumns { columns, scratch in
          unsafe ColumnStrip.transpose(columns, count: count, into: rows + first, scratch: scratch)
        }
        unsafe target += 128 * columnByteCount
      }
    }
  }

  /// The choices of a strip, filled up with zero.
  private static func paddedChoices(_ choices: [UInt8], first: Int, byteCount: Int) -> [UInt8] {
    let slice = choices[(first / 8)..<min(choices.count, first / 8 + byteCount)]
    return slice + [UInt8](repeating: 0, count: byteCount - slice.count)
  }

  private mutating func extendStrip(_ choices: [UInt8], into message: UnsafeMutableRawPointer) {
    let size = choices.count
    unsafe columns.withUnsafeMutableBufferPointer { columns in
      guard let columns = UnsafeMutableRawPointer(columns.baseAddress) else { return }
      unsafe choices.withUnsafeBytes { choices in
        for column in 0..<128 {
          let t = unsafe columns + ColumnStrip.stride * column, u = unsafe message + size * column
          unsafe zero[column].fill(UnsafeMutableRawBufferPointer(start: t, count: size))
          unsafe one[column].fill(UnsafeMutableRawBufferPointer(start: u, count: size))
          for offset in stride(from: 0, to: size, by: 16) {
            let sum =
              unsafe u.loadUnaligned(fromByteOffset: offset, as: Block.self)
              ^ t.loadUnaligned(fromByteOffset: offset, as: Block.self)
              ^ choices.loadUnaligned(fromByteOffset: offset, as: Block.self)
            unsafe u.storeBytes(of: sum, toByteOffset: offset, as: Block.self)
          }
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
}
