// The fence for libraries that take arrays only: a copy of a secret that is wiped before it is freed.

/// Hands a secret to a library that takes arrays only, and wipes the array afterwards.
package func withTransientArray<R, E: Error>(
  of secret: borrowing SecretBytes, _ body: ([UInt8]) throws(E) -> R
) throws(E) -> R {
  var copy = unsafe secret.withUnsafeBufferPointer { unsafe Array($0) }
  defer {
    unsafe copy.withUnsafeMutableBytes { bytes in
      if let memory = bytes.baseAddress { unsafe wipeSecretMemory(memory, byteCount: bytes.count) }
    }
  }
  return try body(copy)
}
