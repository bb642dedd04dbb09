import ObliviousPRF
import PrimeOrderGroup
import ProcessorFeatures
import Secrets
import TestSupport
import Testing

/// The code paths that this processor has.
let prfVariants: [VectorVariant] = [.base, .avx512].filter(\.isSupported)

func secretBytes(_ bytes: [UInt8]) -> SecretBytes {
  unsafe SecretBytes(count: bytes.count) { buffer in
    for (i, byte) in bytes.enumerated() { unsafe buffer[i] = byte }
  }
}

/// RFC 9497, appendix A.1.
@Suite struct RFC9497Tests {
  private func key(_ mode: PRFMode) throws -> PRFSecretKey {
    try PRFSecretKey(
      seed: secretBytes([UInt8](repeating: 0xa3, count: 32)), info: Array("test key".utf8), mode: mode)
  }

  @Test(arguments: PRFMode.allCases)
  func keysDerivedFromTheSeedAreThePublishedOnes(mode: PRFMode) throws {
    let key = try key(mode)
    let expected = bytes(hex: try #require(RFC9497Vector.secretKeys[mode]))
    let isExpected = constantTimeEquals(key.encoded(), secretBytes(expected))
    #expect(isExpected)
    if mode == .verifiable {
      let publicKey = key.publicKey.bytes
      #expect(publicKey == bytes(hex: RFC9497Vector.verifiablePublicKey))
    }
  }

  @Test(arguments: RFC9497Vector.all, prfVariants)
  func everyMessageOfTheProtocolIsThePublishedOne(vector: RFC9497Vector, variant: VectorVariant) throws {
    let settings = BatchSettings(threads: 1, variant: variant)
    let server = PRFServer(key: try key(vector.mode), mode: vector.mode)
    let client =
      vector.mode == .oblivious
      ? PRFClient()
      : PRFClient(verifying: try PRFPublicKey(decoding: bytes(hex: RFC9497Vector.verifiablePublicKey)))
    let inputs = vector.inputs.map { bytes(hex: $0) }

    let blinds = try SecretScalars(decoding: secretBytes(vector.blinds.flatMap { bytes(hex: $0) }))
    let request = try client.blind(inputs, blinds: blinds, settings: settings)
    let message = request.bytes
    #expect(message == vector.blinded.flatMap { bytes(hex: $0) })

    let nonce =
      vector.mode == .oblivious
      ? SecretScalar.random() : try SecretScalar(decoding: secretBytes(bytes(hex: vector.proofNonce)))
    let answer = try server.evaluate(message, proofNonce: nonce, settings: settings)
    #expect(answer == vector.evaluated.flatMap { bytes(hex: $0) } + bytes(hex: vector.proof))

    let outputs = try request.finalize(answer, settings: settings)
    #expect(outputs == vector.outputs.map { bytes(hex: $0) })
    let direct = try server.outputs(of: inputs, settings: settings)
    #expect(direct == outputs)
  }
}
