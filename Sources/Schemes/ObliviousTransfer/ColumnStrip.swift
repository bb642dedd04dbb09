import Primitives
import Secrets

// Fence: columns and rows by pointer, behind checked lengths.

/// The streams that keys of the base transfers expand to, one for each column.
final class ColumnStream {
  private var stream: RandomStream

  init(keys: borrowing SecretBytes, column: Int) {
    let key = unsafe SecretBytes(count: RandomStream.keyByteCount) { target in
      unsafe keys.withUnsafeBufferPointer { keys in
        for index in 0..<RandomStream.keyByteCount {
          unsafe target[index] = keys[RandomStream.keyByteCount * column + index]
        }
      }
    }
    stream = RandomStream(key: key)
  }

  func fill(_ target: UnsafeMutableRawBufferPointer) { unsafe stream.fill(target) }

  static func all(keys: borrowing SecretBytes) -> [ColumnStream] {
    precondition(keys.count == BaseTransfer.count * BaseTransfer.keyByteCount, "a key for each column")
    return (0..<BaseTransfer.count).map { ColumnStream(keys: keys, column: $0) }
  }
}

/// How transfers are cut: a message is a sequence of strips, each of 128 columns with a bit for each of its transfers.
enum ColumnStrip {
  /// Transfers of a strip, so that its columns stay in the second-level cache.
  static let transfers = 8192
  /// A distance of columns at which they do not fall onto the same lines of the first-level cache.
  static let stride = transfers / 8 + 64

  /// Bytes of a message for `count` transfers.
  static func messageByteCount(_ count: Int) -> Int { (count + 127) / 128 * 128 * 16 }

  /// Calls `body` with the first transfer of each strip, how many there are, and the bytes of a column.
  static func forEach(count: Int, _ body: (_ first: Int, _ count: Int, _ columnByteCount: Int) -> Void) {
    for first in Swift.stride(from: 0, to: count, by: transfers) {
      let size = min(transfers, count - first)
      body(first, size, (size + 127) / 128 * 16)
    }
  }

  /// Writes the rows of a strip's columns: bit i of row j is bit j of column i.
  static func transpose(
    _ columns: UnsafeRawPointer, count: Int, into rows: UnsafeMutablePointer<Block>,
    scratch: UnsafeMutablePointer<Block>
  ) {
    for first in Swift.stride(from: 0, to: count, by: 128) {
      let whole = count - first >= 128
      let target = unsafe whole ? rows + first : scratch
      for column in 0..<128 {
        unsafe target[column] = columns.loadUnaligned(
          fromByteOffset: stride * column + first / 8, as: Block.self)
      }
      unsafe transpose128(target)
      if !whole { for row in 0..<count - first { unsafe rows[first + row] = scratch[row] } }
    }
  }
}
