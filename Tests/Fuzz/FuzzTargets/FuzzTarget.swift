/// A reader of bytes from outside that is fuzzed. Inputs and the seeds under Tests/Vectors/fuzz are sorted by target.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Every encoding of the BFV room.
  case bfv
  /// Parameter files, and the parameter sets they make.
  case parameterFile = "parameter-file"
  /// The reader under all encodings.
  case byteReader = "byte-reader"
  /// Every encoding of the Paillier room.
  case paillier
  /// Files of keys and ciphertexts in python-paillier's form.
  case paillierFile = "paillier-file"
  /// Circuit files, and the circuits they make.
  case circuitFile = "circuit-file"
  /// What the leak daemon reads.
  case leakRequest = "leak-request"
  /// What the parties of an encrypted sum read from one another.
  case sumDocument = "sum-document"

  /// How an input ended, if nothing is wrong with the code.
  public enum Outcome: Sendable {
    /// It was read, used, and written again to the same bytes.
    case accepted
    /// It was refused with a typed error.
    case refused
  }

  /// Reads and uses one input.
  ///
  /// Throws a `FuzzFinding` where the code under test breaks its promise; a trap or a sanitizer's report ends the
  /// process.
  public func run(_ input: [UInt8]) throws(FuzzFinding) -> Outcome {
    switch self {
    case .bfv: try EncodingRun.run(input)
    case .parameterFile: try ParameterFileRun.run(input)
    case .byteReader: try ByteReaderRun.run(input)
    case .paillier: try PaillierEncodingRun.run(input)
    case .paillierFile: try PaillierFileRun.run(input)
    case .circuitFile: try CircuitFileRun.run(input)
    case .leakRequest: try LeakRequestRun.run(input)
    case .sumDocument: try SumDocumentRun.run(input)
    }
  }
}

/// A broken promise.
public struct FuzzFinding: Error, Equatable, Sendable {
  /// What was promised.
  public let promise: String

  /// Throws unless the promise holds.
  static func unless(_ holds: Bool, _ promise: String) throws(FuzzFinding) {
    if !holds { throw FuzzFinding(promise: promise) }
  }
}
