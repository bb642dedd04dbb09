// Fence: passwords in wiped memory are read through pointers, inside the buffers' lengths.
import Primitives
import Secrets

extension LeakEntry {
  /// A password in UTF-8 for a list of SHA-1 hashes; no copy of it stays. The hash does, as long as the entry.
  public init(password: borrowing SecretBytes) {
    self.init("sha1", withTransientArray(of: password) { SHA1.hash($0) })
  }

  /// The same for a list of NTLM hashes. Throws `unusablePassword` for what is no UTF-8.
  public init(ntlmOf password: borrowing SecretBytes) throws(LeakCheckError) {
    // Each byte of UTF-8 gives at most two of UTF-16.
    var units = SecretBytes(count: 2 * password.count)
    var count = 0
    let isBroken = unsafe password.withUnsafeBufferPointer { bytes in
      unsafe units.withUnsafeMutableBufferPointer { units in
        unsafe transcode(
          bytes.makeIterator(), from: UTF8.self, to: UTF16.self, stoppingOnError: true,
          into: { unit in
            unsafe units[count] = UInt8(truncatingIfNeeded: unit)
            unsafe units[count + 1] = UInt8(truncatingIfNeeded: unit >> 8)
            count += 2
          })
      }
    }
    guard !isBroken else { throw .unusablePassword }
    let exact = unsafe SecretBytes(count: count) { target in
      unsafe units.withUnsafeBufferPointer { source in
        for index in 0..<count { unsafe target[index] = source[index] }
      }
    }
    self.init("ntlm", withTransientArray(of: exact) { MD4.hash($0) })
  }

  /// A user name with its password.
  public init(_ user: UserName, password: borrowing SecretBytes) {
    self.init(
      "credential",
      withTransientArray(of: password) {
        UserName.slowHash.derive(password: $0, salt: user.salt, byteCount: 32)
      })
  }
}
