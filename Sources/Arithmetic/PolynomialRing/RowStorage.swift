// Fence: the rows of a polynomial live in one aligned heap block owned by a final class. Pointers to it leave this
// room only into the kernels, for the length of a call. Shared blocks are never written: values copy on write.

import Secrets
import Synchronization

/// `count` words at 64-byte alignment, not initialised.
@safe final class RowStorage: @unchecked Sendable {
  let words: UnsafeMutablePointer<UInt64>
  let count: Int
  /// Whether the words are overwritten at the end: they hold a message, a noise or a mask.
  let isWiped: Bool
  private let block: RowBlocks.Block

  init(count: Int, isWiped: Bool = false) {
    precondition(count > 0)
    self.count = count
    self.isWiped = isWiped
    block = RowBlocks.take(wordCount: count)
    unsafe words = block.start.bindMemory(to: UInt64.self, capacity: count)
  }

  convenience init(copying other: RowStorage) {
    self.init(count: other.count, isWiped: other.isWiped)
    unsafe words.update(from: other.words, count: count)
  }

  deinit {
    if isWiped { unsafe wipeSecretMemory(words, byteCount: count * MemoryLayout<UInt64>.stride) }
    RowBlocks.give(block)
  }

  func zero() { unsafe words.update(repeating: 0, count: count) }
}

/// Blocks of a few sizes, kept for reuse: fresh pages cost a fifth of a ciphertext product.
///
/// Each block begins a different number of cache lines into its page. Rows of several polynomials are read in step,
/// and equal offsets would put them all into the same cache sets.
enum RowBlocks {
  /// One block; `start` is `lines` cache lines into the allocation.
  @safe struct Block: @unchecked Sendable {
    let allocation: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer
    let byteCount: Int
  }

  private struct Pool: Sendable {
    var free: [Int: [Block]] = [:]
    var bytes = 0
    var sequence = 0
  }

  #if SANITIZER
  // Each block is exactly its rows and is freed at once, so that the address sanitizer sees every mistake.
  private static let (limit, slack) = (0, 0)
  #else
  /// At most this much is kept.
  private static let limit = 64 << 20
  /// Room in front of the rows or behind them.
  private static let slack = 4096
  #endif
  private static let pool = Mutex(Pool())

  static func take(wordCount: Int) -> Block {
    let byteCount = wordCount * MemoryLayout<UInt64>.stride
    let (kept, sequence) = pool.withLock { pool -> (Block?, Int) in
      if let block = pool.free[byteCount]?.popLast() {
        pool.bytes -= byteCount
        return (block, 0)
      }
      pool.sequence &+= 1
      return (nil, pool.sequence)
    }
    if let kept { return kept }
    // Nine lines a step visit all 64 of a page before they repeat.
    let offset = (sequence &* 9 & 63) * 64 % max(slack, 1)
    let allocation = UnsafeMutableRawPointer.allocate(byteCount: byteCount + slack, alignment: 64)
    return unsafe Block(allocation: allocation, start: allocation + offset, byteCount: byteCount)
  }

  static func give(_ block: Block) {
    let isKept = pool.withLock { pool in
      guard pool.bytes + block.byteCount <= limit else { return false }
      pool.free[block.byteCount, default: []].append(block)
      pool.bytes += block.byteCount
      return true
    }
    if !isKept { unsafe block.allocation.deallocate() }
  }
}
