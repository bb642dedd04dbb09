import PrimeOrderGroup

/// The side that has the inputs.
public struct PRFClient: Sendable {
  /// The server's key in the verifiable mode, nil in the other.
  public let publicKey: PRFPublicKey?
  private let transcript: PRFTranscript

  /// A client of the oblivious mode.
  public init() {
    publicKey = nil
    transcript = PRFTranscript(.oblivious)
  }

  /// A client of the verifiable mode, which accepts only what this key evaluated.
  public init(verifying publicKey: PRFPublicKey) {
    self.publicKey = publicKey
    transcript = PRFTranscript(.verifiable)
  }

  /// Blind (RFC 9497, section 3.3.1) for 1…65,535 inputs, each under a blind of its own.
  ///
  /// Throws `batchCount`, `inputTooLong` or `unusableInput`.
  public func blind(
    _ inputs: [[UInt8]], settings: BatchSettings = BatchSettings()
  ) throws(ObliviousPRFError) -> PRFRequest {
    try blind(inputs, blinds: .random(count: inputs.count), settings: settings)
  }

  /// The same with given blinds, one for each input, to check against published vectors.
  package func blind(
    _ inputs: [[UInt8]], blinds: consuming SecretScalars, settings: BatchSettings
  ) throws(ObliviousPRFError) -> PRFRequest {
    guard (1...ObliviousPRF.maximumBatchCount).contains(inputs.count) else { throw .batchCount(inputs.count) }
    try checkLengths(of: inputs)
    let blinded = GroupElements(
      hashing: inputs, tag: transcript.hashToGroup, multipliedBy: blinds, settings: settings)
    try refuseIdentity(blinded)
    return PRFRequest(
      inputs: inputs, blinds: blinds, blinded: blinded, publicKey: publicKey, transcript: transcript)
  }
}

/// A request on its way: what is sent, and what the client keeps until the answer comes.
public struct PRFRequest: ~Copyable, Sendable {
  private let inputs: [[UInt8]]
  private let blinds: SecretScalars
  private let blinded: GroupElements
  private let publicKey: PRFPublicKey?
  private let transcript: PRFTranscript

  init(
    inputs: [[UInt8]], blinds: consuming SecretScalars, blinded: GroupElements, publicKey: PRFPublicKey?,
    transcript: PRFTranscript
  ) {
    self.inputs = inputs
    self.blinds = blinds
    self.blinded = blinded
    self.publicKey = publicKey
    self.transcript = transcript
  }

  /// What goes to the server: 32 bytes for each input.
  public var bytes: [UInt8] { blinded.bytes }

  /// Bytes of the answer that belongs to this request.
  public var answerByteCount: Int { bytes.count + (publicKey == nil ? 0 : PRFProof.byteCount) }

  /// Finalize (RFC 9497, sections 3.3.1 and 3.3.2): the outputs, 64 bytes for each input in its order, from what
  /// `PRFServer.evaluate` returned. A request is answered once.
  ///
  /// Throws `messageLength`, `invalidElement` or, in the verifiable mode, `invalidProof`.
  public consuming func finalize(
    _ answer: [UInt8], settings: BatchSettings = BatchSettings()
  ) throws(ObliviousPRFError) -> [[UInt8]] {
    guard answer.count == answerByteCount else {
      throw .messageLength(answer.count, expected: answerByteCount)
    }
    let evaluated: GroupElements
    do {
      evaluated = try GroupElements(decoding: Array(answer[..<bytes.count]), settings: settings)
    } catch { throw .invalidElement(error) }
    if let publicKey {
      let proof = try PRFProof(decoding: Array(answer[bytes.count...]))
      try proof.verify(
        publicKey: publicKey, blinded: blinded, evaluated: evaluated, transcript: transcript,
        settings: settings)
    }
    return finalOutputs(inputs, evaluated.multiplied(by: blinds.inverted(), settings: settings), settings)
  }
}
