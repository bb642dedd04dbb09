// Fence: hands arrays to OpenSSL for the length of a call.
import COpenSSL

/// scrypt (RFC 7914): a hash that costs time and memory, so that guesses do.
public struct Scrypt: Sendable, Hashable {
  /// log2 of N, the cost in blocks of memory.
  public let log2Cost: Int
  /// r, the size of a block.
  public let blockSize: Int
  /// p, how many times over.
  public let parallelism: Int

  /// log2 N in 1…20, r in 1…32 and p in 1…16.
  public init(log2Cost: Int, blockSize: Int, parallelism: Int) {
    precondition(
      (1...20).contains(log2Cost) && (1...32).contains(blockSize) && (1...16).contains(parallelism))
    self.log2Cost = log2Cost
    self.blockSize = blockSize
    self.parallelism = parallelism
  }

  /// `byteCount` ≥ 1 bytes derived from `password` and `salt`.
  public func derive(password: [UInt8], salt: [UInt8], byteCount: Int) -> [UInt8] {
    precondition(byteCount > 0)
    // 128·r·(N + p) bytes, and room for what OpenSSL counts besides.
    let memory = UInt64(128 * blockSize) * ((1 << UInt64(log2Cost)) + UInt64(parallelism) + 16) + (1 << 20)
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      let status = unsafe password.withUnsafeBytes { password in
        unsafe EVP_PBE_scrypt(
          password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
          1 << UInt64(log2Cost), UInt64(blockSize), UInt64(parallelism), memory, buffer.baseAddress, byteCount
        )
      }
      precondition(status == 1, "scrypt failed: out of memory")
      initialized = byteCount
    }
  }
}
