import COpenSSL

// The fence around EVP_Digest: one-shot hashes of whole arrays.

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The length of a digest.
  public static let byteCount = 32

  /// The digest of `bytes`, 32 bytes long.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    unsafe digest(bytes, algorithm: algorithm, byteCount: byteCount)
  }

  nonisolated(unsafe) static let algorithm = unsafe fetchDigest("SHA2-256")
}

/// SHA-512 (FIPS 180-4).
public enum SHA512 {
  /// The length of a digest.
  public static let byteCount = 64

  /// The digest of `bytes`, 64 bytes long.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    unsafe digest(bytes, algorithm: algorithm, byteCount: byteCount)
  }

  private nonisolated(unsafe) static let algorithm = unsafe fetchDigest("SHA2-512")
}

/// Fetched once for each algorithm: looking it up again would cost more than a short hash. Read-only from then on.
private func fetchDigest(_ name: String) -> OpaquePointer {
  guard let algorithm = unsafe EVP_MD_fetch(nil, name, nil) else {
    preconditionFailure("OpenSSL has no \(name)")
  }
  return unsafe algorithm
}

private func digest(_ bytes: [UInt8], algorithm: OpaquePointer, byteCount: Int) -> [UInt8] {
  unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
    var written: UInt32 = 0
    let status = unsafe EVP_Digest(bytes, bytes.count, buffer.baseAddress, &written, algorithm, nil)
    precondition(status == 1 && Int(written) == byteCount, "OpenSSL cannot hash")
    initialized = byteCount
  }
}

/// SHA-1 (FIPS 180-4): broken for signatures, here only because lists of leaked passwords are published under it.
public enum SHA1 {
  /// The length of a digest.
  public static let byteCount = 20

  /// The digest of `bytes`, 20 bytes long.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    unsafe digest(bytes, algorithm: algorithm, byteCount: byteCount)
  }

  private nonisolated(unsafe) static let algorithm = unsafe fetchDigest("SHA1")
}
