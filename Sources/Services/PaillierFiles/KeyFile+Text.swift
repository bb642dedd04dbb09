import BigIntegers
import Paillier
import Secrets

// Fence: texts of keys are put together in wiped memory.

extension KeyFile {
  /// The bytes of a comment that go into a file; what is longer is cut.
  public static let maximumCommentByteCount = 1_024

  /// The text of a public key; `comment` goes into `kid`, its first `maximumCommentByteCount` bytes.
  public static func text(of key: PublicKey, comment: String) -> SecretBytes {
    var text = SecretText()
    append(key, comment, to: &text)
    text.append("\n")
    return text.bytes()
  }

  /// The text of a private key, its public part included.
  public static func text(of key: borrowing PrivateKey, comment: String) -> SecretBytes {
    var text = SecretText()
    text.append(#"{"kty": "DAJ", "key_ops": ["decrypt"], "#)
    key.withPrimeBytes { p, q in
      text.append("p", number: p)
      text.append("q", number: q)
    }
    key.withOrderBytes { lambda, mu in
      text.append("lambda", number: lambda)
      text.append("mu", number: mu)
    }
    text.append(#""pub": "#)
    append(key.publicKey, comment, to: &text)
    text.append(", \"kid\": \"\(escaped(comment))\"}\n")
    return text.bytes()
  }

  private static func append(_ key: PublicKey, _ comment: String, to text: inout SecretText) {
    text.append(#"{"kty": "DAJ", "alg": "PAI-GN1", "key_ops": ["encrypt"], "#)
    let words = (key.bitWidth + 63) / 64
    text.append(
      "n",
      number: SecretInteger(variableTime: key.n, wordCount: words).bigEndian(count: (key.bitWidth + 7) / 8))
    text.append("\"kid\": \"\(escaped(comment))\"}")
  }

  /// Printable ASCII without quotes and backslashes.
  private static func escaped(_ comment: String) -> String {
    String(
      decoding: comment.utf8.prefix(maximumCommentByteCount).filter {
        (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C
      }, as: UTF8.self)
  }
}

/// Text that grows in wiped memory of a size that every key's text fits.
struct SecretText: ~Copyable {
  private var buffer = SecretBytes(count: 1 << 14)
  private var count = 0

  mutating func append(_ text: String) {
    let start = count
    let bytes = Array(text.utf8)
    precondition(start + bytes.count <= buffer.count, "a key's text fits")
    unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      for (i, byte) in bytes.enumerated() { unsafe buffer[start + i] = byte }
    }
    count += bytes.count
  }

  /// A member with a base64url number, without leading zero bytes, and a comma.
  mutating func append(_ name: String, number: borrowing SecretBytes) {
    append("\"\(name)\": \"")
    let encoded = Base64URL.encode(number)
    let start = count
    precondition(start + encoded.count <= buffer.count, "a key's text fits")
    unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe encoded.withUnsafeBufferPointer { source in
        for i in source.indices { unsafe buffer[start + i] = unsafe source[i] }
      }
    }
    count += encoded.count
    append("\", ")
  }

  consuming func bytes() -> SecretBytes {
    let count = count
    return unsafe buffer.withUnsafeBufferPointer { source in
      unsafe SecretBytes(count: count) { target in
        for i in 0..<count { unsafe target[i] = unsafe source[i] }
      }
    }
  }
}
