import ParallelLoops
import PrimeOrderGroup

/// The side that has the key.
public struct PRFServer: ~Copyable, Sendable {
  /// The mode, which both sides agree on.
  public let mode: PRFMode

  /// What clients of the verifiable mode check against.
  public let publicKey: PRFPublicKey

  private let key: PRFSecretKey
  private let transcript: PRFTranscript

  /// Keys are for one mode: derive or make another for the other.
  public init(key: consuming PRFSecretKey, mode: PRFMode) {
    self.mode = mode
    publicKey = key.publicKey
    self.key = key
    transcript = PRFTranscript(mode)
  }

  /// BlindEvaluate (RFC 9497, sections 3.3.1 and 3.3.2) for 1…65,535 blinded elements of 32 bytes each, as
  /// `PRFRequest.bytes` has them.
  ///
  /// Returns as many elements and, in the verifiable mode, 64 bytes of proof behind them. Throws `messageLength`,
  /// `batchCount` or `invalidElement` with the index of the first bad one.
  public borrowing func evaluate(
    _ blinded: [UInt8], settings: BatchSettings = BatchSettings()
  ) throws(ObliviousPRFError) -> [UInt8] {
    try evaluate(blinded, proofNonce: .random(), settings: settings)
  }

  /// The same with a given nonce of the proof, to check against published vectors. A nonce used twice gives the key
  /// away.
  package borrowing func evaluate(
    _ blinded: [UInt8], proofNonce: consuming SecretScalar, settings: BatchSettings
  ) throws(ObliviousPRFError) -> [UInt8] {
    let count = blinded.count / GroupElement.byteCount
    guard blinded.count % GroupElement.byteCount == 0 else {
      throw .messageLength(blinded.count, expected: GroupElement.byteCount * count)
    }
    guard (1...ObliviousPRF.maximumBatchCount).contains(count) else { throw .batchCount(count) }
    do {
      guard mode == .verifiable else {
        return try GroupElements(multiplying: blinded, by: key.scalar, settings: settings).bytes
      }
      let elements = try GroupElements(decoding: blinded, settings: settings)
      let evaluated = elements.multiplied(by: key.scalar, settings: settings)
      let proof = PRFProof(
        key: key, publicKey: publicKey, blinded: elements, evaluated: evaluated, nonce: proofNonce,
        transcript: transcript, settings: settings)
      return evaluated.bytes + proof.bytes
    } catch { throw .invalidElement(error) }
  }

  /// Evaluate (RFC 9497, sections 3.3.1 and 3.3.2): the outputs of inputs that the server knows, 64 bytes each, as a
  /// client would get them. Any number of inputs.
  ///
  /// Throws `inputTooLong` or `unusableInput`.
  public borrowing func outputs(
    of inputs: [[UInt8]], settings: BatchSettings = BatchSettings()
  ) throws(ObliviousPRFError) -> [[UInt8]] {
    try checkLengths(of: inputs)
    let elements = GroupElements(
      hashing: inputs, tag: transcript.hashToGroup, multipliedBy: key.scalar, settings: settings)
    try refuseIdentity(elements)
    return finalOutputs(inputs, elements, settings)
  }
}

func checkLengths(of inputs: [[UInt8]]) throws(ObliviousPRFError) {
  for input in inputs where input.count > ObliviousPRF.maximumInputByteCount {
    throw .inputTooLong(byteCount: input.count)
  }
}

func refuseIdentity(_ elements: GroupElements) throws(ObliviousPRFError) {
  if let index = elements.firstIndex(of: .identity) { throw .unusableInput(index: index) }
}

func finalOutputs(_ inputs: [[UInt8]], _ elements: GroupElements, _ settings: BatchSettings) -> [[UInt8]] {
  ParallelLoops.map(count: inputs.count, chunksOf: 256, threads: settings.threads) { i in
    PRFTranscript.output(input: inputs[i], element: elements[i])
  }
}
