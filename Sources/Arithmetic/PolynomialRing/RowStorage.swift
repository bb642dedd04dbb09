// Fence: the rows of a polynomial live in one aligned heap block owned by a final class. Pointers to it leave this
// room only into the kernels, for the length of a call. Shared blocks are never written: values copy on write.

/// `count` words at 64-byte alignment, not initialised.
@safe final class RowStorage: @unchecked Sendable {
  let words: UnsafeMutablePointer<UInt64>
  let count: Int

  init(count: Int) {
    precondition(count > 0)
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<UInt64>.stride, alignment: 64)
    unsafe words = unsafe bytes.bindMemory(to: UInt64.self, capacity: count)
  }

  convenience init(copying other: RowStorage) {
    self.init(count: other.count)
    unsafe words.update(from: other.words, count: count)
  }

  deinit { unsafe words.deallocate() }

  func zero() { unsafe words.update(repeating: 0, count: count) }
}
