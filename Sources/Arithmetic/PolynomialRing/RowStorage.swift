// Fence: the rows of a polynomial live in one aligned heap block owned by a final class. Pointers to it leave this
// room only into the kernels, for the length of a call. Shared blocks are never written: values copy on write.

import Secrets

/// `count` words at 64-byte alignment, not initialised.
@safe final class RowStorage: @unchecked Sendable {
  let words: UnsafeMutablePointer<UInt64>
  let count: Int
  /// Whether the words are overwritten at the end: they hold a message, a noise or a mask.
  let isWiped: Bool

  init(count: Int, isWiped: Bool = false) {
    precondition(count > 0)
    self.count = count
    self.isWiped = isWiped
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<UInt64>.stride, alignment: 64)
    unsafe words = unsafe bytes.bindMemory(to: UInt64.self, capacity: count)
  }

  convenience init(copying other: RowStorage) {
    self.init(count: other.count, isWiped: other.isWiped)
    unsafe words.update(from: other.words, count: count)
  }

  deinit {
    if isWiped { unsafe wipeSecretMemory(words, byteCount: count * MemoryLayout<UInt64>.stride) }
    unsafe words.deallocate()
  }

  func zero() { unsafe words.update(repeating: 0, count: count) }
}
