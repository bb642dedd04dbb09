import BigIntegers
import Primitives
import Secrets

/// What a prover and a verifier both hash: labelled parts, each with its length, so that no two different statements give the same
/// challenge (Fiat and Shamir, CRYPTO '86; strong form: everything public goes in).
struct Transcript {
  private var state: [UInt8]

  /// `domain` names the proof; `context` what it is made for.
  init(_ domain: String, context: [UInt8], key: PublicKey) {
    state = SHA512.hash(Array("hitoku/paillier/v1/\(domain)".utf8))
    append("context", context)
    append("n", key.n)
  }

  mutating func append(_ label: String, _ bytes: [UInt8]) {
    state = SHA512.hash(
      state + Self.length(label.utf8.count) + Array(label.utf8) + Self.length(bytes.count) + bytes)
  }

  mutating func append(_ label: String, _ value: BigInteger) { append(label, value.littleEndianBytes) }

  /// Uniform below 2^bits.
  func challenge(bits: Int) -> BigInteger {
    var stream = expansion(0)
    return Self.integer(bits: bits, &stream)
  }

  /// `count` numbers below `bound`, at most 2^-128 from uniform each.
  func challenges(count: Int, below bound: BigInteger) -> [BigInteger] {
    var stream = expansion(1)
    return (0..<count).map { _ in Self.integer(bits: bound.bitWidth + 128, &stream) % bound }
  }

  private func expansion(_ stream: UInt64) -> RandomStream {
    guard let seed = Seed(bytes: Array(state.prefix(Seed.byteCount))) else {
      preconditionFailure("a digest is a seed")
    }
    return RandomStream(seed: seed, stream: stream)
  }

  private static func integer(bits: Int, _ stream: inout RandomStream) -> BigInteger {
    SecretInteger.random(bits: bits, &stream).value(variableTime: ())
  }

  private static func length(_ count: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: UInt64(count) >> UInt64(8 * $0)) }
  }
}

extension BigInteger {
  /// The magnitude, least significant byte first, in whole words.
  var littleEndianBytes: [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
  }
}
