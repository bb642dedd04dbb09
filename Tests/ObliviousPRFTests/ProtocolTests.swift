import ObliviousPRF
import PrimeOrderGroup
import ProcessorFeatures
import Secrets
import TestSupport
import Testing

@Suite struct ProtocolTests {
  private func inputs(_ count: Int, _ random: inout SeededGenerator) -> [[UInt8]] {
    (0..<count).map { _ in
      (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random)
      }
    }
  }

  @Test(arguments: PRFMode.allCases, prfVariants)
  func clientsGetWhatTheServerComputesAlone(mode: PRFMode, variant: VectorVariant) throws {
    var random = SeededGenerator()
    let settings = BatchSettings(threads: 2, variant: variant)
    let server = PRFServer(key: .random(), mode: mode)
    let client = mode == .oblivious ? PRFClient() : PRFClient(verifying: server.publicKey)
    for count in [1, 2, 9, 300] {
      let inputs = inputs(count, &random)
      let request = try client.blind(inputs, settings: settings)
      let answer = try server.evaluate(request.bytes, settings: settings)
      let outputs = try request.finalize(answer, settings: settings)
      let expected = try server.outputs(of: inputs, settings: settings)
      #expect(outputs == expected, "count \(count), seed \(random.seed)")
      #expect(outputs.allSatisfy { $0.count == ObliviousPRF.outputByteCount })
    }
  }

  @Test func equalInputsAreBlindedDifferently() throws {
    let request = try PRFClient().blind([[1], [1], [1]])
    let elements = try GroupElements(decoding: request.bytes)
    #expect(Set(elements).count == 3)
  }

  @Test func modesAndKeysGiveDifferentOutputs() throws {
    let seed = [UInt8](repeating: 7, count: 32)
    var outputs: Set<[UInt8]> = []
    for mode in PRFMode.allCases {
      for info in [[], [1]] as [[UInt8]] {
        let server = PRFServer(
          key: try PRFSecretKey(seed: secretBytes(seed), info: info, mode: mode), mode: mode)
        outputs.insert(try server.outputs(of: [[5]])[0])
      }
    }
    #expect(outputs.count == 4)
  }

  @Test func keysSurviveEncoding() throws {
    let key = PRFSecretKey.random()
    let copy = try PRFSecretKey(decoding: key.encoded())
    let (publicKey, other) = (key.publicKey, copy.publicKey)
    #expect(publicKey == other)
    #expect(try PRFPublicKey(decoding: publicKey.bytes) == publicKey)
  }

  @Test(arguments: prfVariants)
  func proofsOfAnotherKeyOrAlteredAnswersAreRefused(variant: VectorVariant) throws {
    var random = SeededGenerator()
    let settings = BatchSettings(threads: 1, variant: variant)
    let server = PRFServer(key: .random(), mode: .verifiable)
    let impostor = PRFServer(key: .random(), mode: .verifiable)
    let client = PRFClient(verifying: server.publicKey)
    let inputs = inputs(20, &random)

    let first = try client.blind(inputs, settings: settings)
    let foreign = try impostor.evaluate(first.bytes, settings: settings)
    #expect(refusal(first, foreign) == .invalidProof)

    // Two elements exchanged; one replaced; challenge and response with a bit flipped; a response from ℓ on.
    for change in 0..<5 {
      let request = try client.blind(inputs, settings: settings)
      var answer = try server.evaluate(request.bytes, settings: settings)
      let (low, high) = (Array(answer[32..<64]), Array(answer[64..<96]))
      switch change {
      case 0: answer.replaceSubrange(32..<96, with: high + low)
      case 1: answer.replaceSubrange(32..<64, with: high)
      case 2: answer[32 * 20] ^= 1
      case 3: answer[32 * 21] ^= 1
      default: answer[32 * 22 - 1] |= 0x80
      }
      #expect(refusal(request, answer) == .invalidProof, "change \(change), seed \(random.seed)")
    }
  }

  @Test(arguments: PRFMode.allCases)
  func badMessagesAreRefused(mode: PRFMode) throws {
    let server = PRFServer(key: .random(), mode: mode)
    let client = mode == .oblivious ? PRFClient() : PRFClient(verifying: server.publicKey)
    let good = GroupElement.generator.bytes
    let zeros = [UInt8](repeating: 0, count: 32)
    func refusal(of blinded: [UInt8]) -> ObliviousPRFError? {
      do throws(ObliviousPRFError) {
        _ = try server.evaluate(blinded)
        return nil
      } catch { return error }
    }
    #expect(refusal(of: []) == .batchCount(0))
    #expect(refusal(of: good + [1]) == .messageLength(33, expected: 32))
    #expect(refusal(of: good + zeros) == .invalidElement(.identity(index: 1)))
    #expect(refusal(of: good + [1] + zeros.dropFirst()) == .invalidElement(.invalidEncoding(index: 1)))

    let short = try client.blind([[1], [2]])
    let length = short.answerByteCount
    let answer = try server.evaluate(short.bytes)
    #expect(self.refusal(short, Array(answer.dropLast())) == .messageLength(length - 1, expected: length))
    let again = try client.blind([[1], [2]])
    #expect(self.refusal(again, zeros + answer[32...]) == .invalidElement(.identity(index: 0)))
  }

  @Test func inputsOutOfRangeAreRefused() {
    #expect(throws: ObliviousPRFError.batchCount(0)) { _ = try PRFClient().blind([]) }
    #expect(throws: ObliviousPRFError.batchCount(65536)) {
      _ = try PRFClient().blind([[UInt8]](repeating: [], count: 65536))
    }
    let long = [UInt8](repeating: 0, count: 65536)
    #expect(throws: ObliviousPRFError.inputTooLong(byteCount: 65536)) {
      _ = try PRFClient().blind([[], long])
    }
    #expect(throws: ObliviousPRFError.inputTooLong(byteCount: 65536)) {
      _ = try PRFServer(key: .random(), mode: .oblivious).outputs(of: [long])
    }
    #expect(throws: ObliviousPRFError.inputTooLong(byteCount: 65536)) {
      _ = try PRFSecretKey(seed: secretBytes([UInt8](repeating: 1, count: 32)), info: long, mode: .oblivious)
    }
    #expect(throws: ObliviousPRFError.invalidKey) {
      _ = try PRFSecretKey(seed: secretBytes([1]), info: [], mode: .oblivious)
    }
    #expect(throws: ObliviousPRFError.invalidKey) {
      _ = try PRFSecretKey(decoding: secretBytes([UInt8](repeating: 0, count: 32)))
    }
    #expect(throws: ObliviousPRFError.invalidKey) {
      try PRFPublicKey(decoding: [UInt8](repeating: 0, count: 32))
    }
  }

  private func refusal(_ request: consuming PRFRequest, _ answer: [UInt8]) -> ObliviousPRFError? {
    do throws(ObliviousPRFError) {
      _ = try request.finalize(answer)
      return nil
    } catch { return error }
  }
}
