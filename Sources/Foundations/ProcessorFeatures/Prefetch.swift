// Fence: addresses of memory that the caller owns; prefetching reads nothing and cannot fault.
import CProcessor

/// Asks for memory that is read soon, a line of 64 bytes at a time. A hint: results do not depend on it.
public func prefetch(_ bytes: UnsafeRawBufferPointer) {
  guard let start = bytes.baseAddress else { return }
  for offset in stride(from: 0, to: bytes.count, by: 64) { unsafe processor_prefetch(start + offset) }
}
