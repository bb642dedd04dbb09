import PrimeOrderGroup

/// A proof that log_G(pk) = log_C(D) for all pairs of a batch at once (RFC 9497, section 2.2).
struct PRFProof: Equatable, Sendable {
  /// Bytes of an encoding.
  static let byteCount = 64

  private let challenge: GroupScalar
  private let response: GroupScalar

  /// GenerateProof with the key k and the random r; D = k·C.
  init(
    key: borrowing PRFSecretKey, publicKey: PRFPublicKey, blinded: GroupElements, evaluated: GroupElements,
    nonce: borrowing SecretScalar, transcript: PRFTranscript, settings: BatchSettings
  ) {
    let factors = transcript.compositeFactors(
      publicKey: publicKey.element, blinded: blinded, evaluated: evaluated, settings: settings)
    let m = blinded.sumOfProducts(with: factors, settings: settings)
    challenge = transcript.challenge(
      publicKey: publicKey.element, m, m.multiplied(by: key.scalar), .generator(multipliedBy: nonce),
      m.multiplied(by: nonce))
    response = key.scalar.response(to: challenge, nonce: nonce)
  }

  /// 64 bytes: challenge and response. Throws `invalidProof` for other lengths and numbers from ℓ on.
  init(decoding bytes: [UInt8]) throws(ObliviousPRFError) {
    guard bytes.count == Self.byteCount else { throw .invalidProof }
    do {
      challenge = try GroupScalar(decoding: Array(bytes[..<GroupScalar.byteCount]))
      response = try GroupScalar(decoding: Array(bytes[GroupScalar.byteCount...]))
    } catch { throw .invalidProof }
  }

  var bytes: [UInt8] { challenge.bytes + response.bytes }

  /// VerifyProof. Throws `invalidProof`.
  func verify(
    publicKey: PRFPublicKey, blinded: GroupElements, evaluated: GroupElements, transcript: PRFTranscript,
    settings: BatchSettings
  ) throws(ObliviousPRFError) {
    let key = publicKey.element
    let factors = transcript.compositeFactors(
      publicKey: key, blinded: blinded, evaluated: evaluated, settings: settings)
    let m = blinded.sumOfProducts(with: factors, settings: settings)
    let z = evaluated.sumOfProducts(with: factors, settings: settings)
    let t2 = GroupElement.generator(multipliedBy: response) + key.multiplied(by: challenge)
    let t3 = m.multiplied(by: response) + z.multiplied(by: challenge)
    guard transcript.challenge(publicKey: key, m, z, t2, t3) == challenge else { throw .invalidProof }
  }
}
