/// A 64-byte aligned row that frees itself.
@safe final class AlignedRow {
  let count: Int
  let start: UnsafeMutablePointer<UInt64>

  init(_ words: [UInt64]) {
    count = words.count
    unsafe start = UnsafeMutableRawPointer.allocate(byteCount: 8 * words.count, alignment: 64)
      .bindMemory(to: UInt64.self, capacity: words.count)
    for (i, word) in words.enumerated() { unsafe (start + i).initialize(to: word) }
  }

  convenience init(zeros count: Int) { self.init([UInt64](repeating: 0, count: count)) }

  deinit { unsafe start.deallocate() }

  var words: [UInt64] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }
}
