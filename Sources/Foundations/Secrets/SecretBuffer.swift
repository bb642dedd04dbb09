import Glibc

// The fence for secret memory: one owner for each allocation, length fixed at birth, wiped before it is freed.

/// Fixed-length memory for secrets: 64-byte aligned, zero at first, wiped when its life ends.
///
/// It has one owner, is never copied silently, and has no textual form. Elements are numbers (`BitwiseCopyable`,
/// for which all-zero bytes must be a valid value).
@safe
public struct SecretBuffer<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  @usableFromInline let base: UnsafeMutablePointer<Element>

  /// The number of elements.
  public let count: Int

  /// `count` ≥ 0 elements of zero bytes.
  @inlinable
  public init(count: Int) {
    unsafe base = allocateSecretMemory(byteCount: Self.byteCount(count))
      .bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  /// `count` ≥ 0 elements, written by `body` over zeros. What `body` wrote is wiped where it throws.
  @inlinable
  public init<E: Error>(
    count: Int, initializingWith body: (UnsafeMutableBufferPointer<Element>) throws(E) -> Void
  ) throws(E) {
    self.init(count: count)
    unsafe try body(UnsafeMutableBufferPointer(start: base, count: count))
  }

  deinit {
    let byteCount = Self.byteCount(count)
    unsafe wipeSecretMemory(base, byteCount: byteCount)
    unsafe UnsafeMutableRawPointer(base).deallocate()
  }

  /// Reads the elements in place; the pointer is valid inside `body` only.
  @inlinable @inline(__always)
  public borrowing func withUnsafeBufferPointer<R: ~Copyable, E: Error>(
    _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
  ) throws(E) -> R {
    unsafe try body(UnsafeBufferPointer(start: base, count: count))
  }

  /// Changes the elements in place; the pointer is valid inside `body` only.
  @inlinable @inline(__always)
  public mutating func withUnsafeMutableBufferPointer<R: ~Copyable, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws(E) -> R
  ) throws(E) -> R {
    unsafe try body(UnsafeMutableBufferPointer(start: base, count: count))
  }

  /// A second buffer with the same elements, wiped on its own.
  @inlinable
  public borrowing func copy() -> SecretBuffer {
    unsafe SecretBuffer(count: count) { target in
      unsafe target.baseAddress?.update(from: base, count: count)
    }
  }

  @inlinable
  static func byteCount(_ count: Int) -> Int {
    precondition(count >= 0 && count <= Int.max / MemoryLayout<Element>.stride, "secret buffer length")
    return count * MemoryLayout<Element>.stride
  }
}

/// Secret bytes: keys and seeds of secret randomness.
public typealias SecretBytes = SecretBuffer<UInt8>

/// Zeroed memory at a multiple of 64 bytes, the widest vector register and one cache line.
@usableFromInline
func allocateSecretMemory(byteCount: Int) -> UnsafeMutableRawPointer {
  let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
  unsafe memset(memory, 0, byteCount)
  return unsafe memory
}

/// Overwrites memory with zeros, and is not optimised away before a free (explicit_bzero(3)).
package func wipeSecretMemory(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
  unsafe explicit_bzero(memory, byteCount)
}
