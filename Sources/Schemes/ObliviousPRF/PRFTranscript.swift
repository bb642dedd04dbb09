import ParallelLoops
import PrimeOrderGroup
import Primitives

/// The strings that are hashed, and their domain separation (RFC 9497, sections 3.1 and 4.1).
struct PRFTranscript: Sendable {
  /// CreateContextString: "OPRFV1-", the mode, "-" and the suite.
  private let context: [UInt8]
  let hashToGroup: DomainSeparationTag
  let hashToScalar: DomainSeparationTag
  let deriveKeyPair: DomainSeparationTag
  /// Tags of proofs are hashed themselves.
  private let seedTag: [UInt8]

  init(_ mode: PRFMode) {
    context = Array("OPRFV1-".utf8) + [mode.rawValue] + Array("-ristretto255-SHA512".utf8)
    hashToGroup = Self.tag("HashToGroup-", context)
    hashToScalar = Self.tag("HashToScalar-", context)
    deriveKeyPair = Self.tag("DeriveKeyPair", context)
    seedTag = Array("Seed-".utf8) + context
  }

  private static func tag(_ purpose: String, _ context: [UInt8]) -> DomainSeparationTag {
    do { return try DomainSeparationTag(Array(purpose.utf8) + context) } catch {
      preconditionFailure("tags of fewer than 60 bytes")
    }
  }

  /// The output of an input whose evaluated element is `element` (section 3.3.1, Finalize).
  static func output(input: [UInt8], element: GroupElement) -> [UInt8] {
    SHA512.hash(prefixed(input) + prefixed(element.bytes) + Array("Finalize".utf8))
  }

  /// The factors dᵢ of the elements Cᵢ and Dᵢ of a batch (section 2.2.1, ComputeComposites).
  func compositeFactors(
    publicKey: GroupElement, blinded: GroupElements, evaluated: GroupElements, settings: BatchSettings
  ) -> [GroupScalar] {
    let seed = SHA512.hash(Self.prefixed(publicKey.bytes) + Self.prefixed(seedTag))
    return ParallelLoops.map(count: blinded.count, chunksOf: 64, threads: settings.threads) { i in
      let index = [UInt8(truncatingIfNeeded: i >> 8), UInt8(truncatingIfNeeded: i)]
      let message =
        Self.prefixed(seed) + index + Self.prefixed(blinded[i].bytes) + Self.prefixed(evaluated[i].bytes)
        + Array("Composite".utf8)
      return GroupScalar(hashing: message, tag: hashToScalar)
    }
  }

  /// The challenge of a proof (section 2.2.1, GenerateProof).
  func challenge(publicKey: GroupElement, _ elements: GroupElement...) -> GroupScalar {
    let message = ([publicKey] + elements).flatMap { Self.prefixed($0.bytes) } + Array("Challenge".utf8)
    return GroupScalar(hashing: message, tag: hashToScalar)
  }

  /// Two bytes of length, then the bytes.
  static func prefixed(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count <= ObliviousPRF.maximumInputByteCount, "a length of two bytes")
    return [UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
  }
}
