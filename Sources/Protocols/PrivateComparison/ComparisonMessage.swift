import ByteCoding
import GarbledCircuits
import ObliviousTransfer

/// A message between the two machines of this room.
public struct ComparisonMessage: Sendable, Equatable {
  /// What a message carries.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Version, role, terms and the number of rows where it is known; the evaluator's with its base message.
    case hello = 1
    /// The garbler's seed of the run and its base message.
    case setup = 2
    /// The number of rows of a flight and the evaluator's columns of an extension.
    case choices = 3
    /// The garbler's challenge to the columns of a flight.
    case challenge = 4
    /// The evaluator's answer to it.
    case response = 5
    /// A piece of garbled tables.
    case tables = 6
    /// What lets the evaluator open outputs.
    case decoding = 7
    /// What lets the garbler open outputs.
    case proof = 8
  }

  /// What it carries.
  public let kind: Kind
  /// Its bytes.
  public let payload: [UInt8]

  /// Takes both.
  public init(_ kind: Kind, _ payload: [UInt8]) {
    self.kind = kind
    self.payload = payload
  }

  /// The most bytes that a message of each kind can have.
  public static let maximumBytes: [Kind: Int] = [
    .hello: 128, .setup: 32 + BaseTransfer.receiverByteCount, .choices: 9 << 20, .challenge: 32,
    .response: 1 << 16, .tables: CircuitPlan.pieceByteCount, .decoding: 20 << 20, .proof: 1 << 20,
  ]

  /// What stands for a number of rows that a side does not know beforehand.
  private static let unknown = UInt64.max

  /// A party's first words: equal on both sides but for the role, the rows and what follows.
  static func hello(isGarbler: Bool, terms: [UInt8], rows: Int?, base: [UInt8]) -> ComparisonMessage {
    var writer = ByteWriter()
    writer.append(bytes: greeting(isGarbler: isGarbler, terms: terms))
    writer.append(rows.map { UInt64($0) } ?? unknown)
    writer.append(bytes: base)
    return ComparisonMessage(.hello, writer.finish())
  }

  private static func greeting(isGarbler: Bool, terms: [UInt8]) -> [UInt8] {
    Array("hitoku/compare/2".utf8) + [isGarbler ? 0 : 1] + terms
  }

  /// How many rows there will be, nil where neither side knows, and what follows the other side's first words. Throws
  /// `differentTerms` where these are not the expected ones, and `differentRowCounts` where both know and do not agree:
  /// before anything is garbled.
  func accept(isGarbler: Bool, terms: [UInt8], rows: Int?) throws(ComparisonError) -> (Int?, rest: [UInt8]) {
    let greeting = Self.greeting(isGarbler: isGarbler, terms: terms)
    guard payload.starts(with: greeting) else { throw .differentTerms }
    var theirs: UInt64
    let rest: [UInt8]
    do throws(ByteCodingError) {
      var reader = ByteReader(Array(payload[greeting.count...]))
      theirs = try reader.readUInt64()
      rest = try reader.readBytes(reader.left)
    } catch { throw .invalidMessage }
    guard theirs != Self.unknown else { return (rows, rest) }
    guard let count = Int(exactly: theirs) else { throw .invalidMessage }
    guard rows == nil || rows == count else { throw .differentRowCounts }
    return (count, rest)
  }
}

extension RowFunction {
  /// The most bytes of messages of some kinds, by what is computed and how many rows go together.
  func limits(_ rules: ComparisonRules, _ kinds: [ComparisonMessage.Kind]) -> [ComparisonMessage.Kind: Int] {
    let outputs = opensAny ? 1 : circuit.outputWidths.reduce(0, +) * rowsPerFlight
    let bits = evaluatorBits * rowsPerFlight
    let transfers = rules.checksEvaluator ? ConsistencyCheck.transferCount(for: bits) : bits
    var limits: [ComparisonMessage.Kind: Int] = [:]
    for kind in kinds {
      let largest =
        switch kind {
        case .choices: 5 + 16 * ((transfers + 127) / 128 * 128)
        case .decoding: 16 * outputs
        case .proof: (outputs + 7) / 8 + 32
        case .hello, .setup, .challenge, .response, .tables: Int.max
        }
      limits[kind] = min(largest, ComparisonMessage.maximumBytes[kind] ?? 0)
    }
    return limits
  }

  /// About the bytes of a run over so many rows.
  public func byteCount(rows: Int, _ rules: ComparisonRules) -> Int {
    let outputs = circuit.outputWidths.reduce(0, +)
    let decoding = rules.opensToEvaluator ? 16 * outputs : 0
    let proof = rules.opensToGarbler ? outputs / 8 : 0
    return BaseTransfer.receiverByteCount + 256
      + rows * (32 * circuit.andCount + 16 * evaluatorBits + (opensAny ? 0 : decoding + proof))
  }
}

/// What the driver of a machine does next.
public enum ComparisonStep: Sendable {
  /// Send this.
  case send(ComparisonMessage)
  /// Receive one message and hand it to `receive`.
  case receive
  /// Give `provide` the next rows, as many as stated unless there are no more.
  case rows(Int)
  /// Take these results: for each row the values of all outputs.
  case results([UInt64])
  /// All is done.
  case finished
}

/// Either side of a run, for drivers: ask `next` what to do until it says `finished`.
public protocol ComparisonParty: ~Copyable {
  /// What may come now: the most bytes of a message of each kind. Nothing else is received, nor memory taken for it.
  var limits: [ComparisonMessage.Kind: Int] { get }
  /// What to do next.
  mutating func next() throws(ComparisonError) -> ComparisonStep
  /// Takes the peer's next message.
  mutating func receive(_ message: ComparisonMessage) throws(ComparisonError)
  /// Takes the next rows: for each the values of all of this side's fields.
  mutating func provide(_ values: [UInt64]) throws(ComparisonError)
}
