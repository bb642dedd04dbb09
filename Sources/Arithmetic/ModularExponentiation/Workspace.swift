import Secrets

// Fence: wiped memory of one thread, cut into parts.

/// Hands out consecutive parts of a buffer, each at a multiple of 64 bytes.
@unsafe struct Workspace {
  private var next: UnsafeMutablePointer<UInt64>
  private var left: Int

  /// Calls `body` with parts of wiped memory of `count` words and `parts` roundings.
  static func with<R>(count: Int, parts: Int = 16, _ body: (inout Workspace) -> R) -> R {
    var memory = SecretBuffer<UInt64>(count: count + 8 * parts)
    return unsafe memory.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a workspace is never empty") }
      var workspace = unsafe Workspace(next: start, left: buffer.count)
      return unsafe body(&workspace)
    }
  }

  private init(next: UnsafeMutablePointer<UInt64>, left: Int) {
    unsafe self.next = unsafe next
    unsafe self.left = left
  }

  /// The next `count` words.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt64> {
    let rounded = (count + 7) / 8 * 8
    unsafe precondition(rounded <= left, "the workspace is large enough")
    defer {
      unsafe next += rounded
      unsafe left -= rounded
    }
    return unsafe next
  }
}
