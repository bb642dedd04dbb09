import PrimeOrderGroup

/// Oblivious pseudorandom functions of RFC 9497 in the suite ristretto255-SHA512.
///
///     client (inputs)                                  server (key k)
///     blindᵢ random, Bᵢ = blindᵢ·H(inputᵢ)
///                              B₁ … Bₙ
///                         ─────────────────▶
///                                                      Dᵢ = k·Bᵢ, in the verifiable mode a proof
///                         D₁ … Dₙ, (proof)             that pk = k·G and all Dᵢ have one k
///                         ◀─────────────────
///     Nᵢ = blindᵢ⁻¹·Dᵢ = k·H(inputᵢ)
///     outputᵢ = SHA-512(inputᵢ, Nᵢ)
///
/// The client learns the outputs of its inputs and nothing else of the key. The server learns how many inputs there
/// are and nothing of them, whatever it does. In the verifiable mode the client also knows that the server used the
/// key it published. A malicious client gets one output for each element; against static Diffie–Hellman attacks over
/// many queries the key loses a few bits (RFC 9497, section 7.2.3): limit the rate, and renew keys.
///
/// Everything that touches keys and blinds is constant-time in them. Number and lengths of inputs are no secrets.
public enum ObliviousPRF {
  /// Bytes of an output.
  public static let outputByteCount = 64
  /// Elements of one request at most: their index in a proof has two bytes.
  public static let maximumBatchCount = 65535
  /// Bytes of an input, or of the information a key is derived with, at most.
  public static let maximumInputByteCount = 65535
}

/// Which protocol of RFC 9497 is run (section 3.1). Outputs of the same key differ between modes.
public enum PRFMode: UInt8, Sendable, CaseIterable {
  /// OPRF: the client takes the server's word for the key.
  case oblivious = 0
  /// VOPRF: the server proves which key it used.
  case verifiable = 1
}

/// Why a message or a key is refused.
public enum ObliviousPRFError: Error, Equatable, Sendable {
  /// There are no inputs, or more than `ObliviousPRF.maximumBatchCount`.
  case batchCount(Int)
  /// An input, or the information of a key, is longer than `ObliviousPRF.maximumInputByteCount`.
  case inputTooLong(byteCount: Int)
  /// An input that hashes to the identity; nobody knows one.
  case unusableInput(index: Int)
  /// A message does not have the length that the number of elements asks for.
  case messageLength(Int, expected: Int)
  /// A received element is no element of the group, or the identity.
  case invalidElement(GroupError)
  /// The bytes are no key.
  case invalidKey
  /// The proof does not show that the evaluation was made with the published key.
  case invalidProof
}
