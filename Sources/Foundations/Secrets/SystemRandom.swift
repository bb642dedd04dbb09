import Glibc

/// The operating system's cryptographic generator, getrandom(2): for keys and seeds. A stream expander makes the
/// bulk from them.
///
/// A system without randomness ends the process: no caller can go on safely without it.
public enum SystemRandom {
  /// Fills the whole buffer.
  public static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    // getentropy(3) is getrandom(2) that repeats interrupted and short reads, for at most 256 bytes.
    for start in stride(from: 0, to: buffer.count, by: 256) {
      let piece = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer[start..<min(start + 256, buffer.count)])
      guard let memory = piece.baseAddress else { continue }
      let status = unsafe getentropy(memory, piece.count)
      precondition(status == 0, "the operating system gives no randomness: getrandom(2) failed")
    }
  }

  /// `count` ≥ 0 fresh secret bytes.
  public static func secretBytes(count: Int) -> SecretBytes {
    unsafe SecretBytes(count: count) { unsafe fill(UnsafeMutableRawBufferPointer($0)) }
  }

  /// `count` ≥ 0 fresh bytes that need no secrecy: public seeds, nonces, identifiers.
  public static func bytes(count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }
}
