import BFV
import ByteCoding
import Primitives
import Secrets

/// The side that asks, many items at once.
///
///     client                                                        server
///     digest of the table, Enc(x_1) … Enc(x_k) in slots      ────▶
///                                        ◀────  answers of three polynomials, equally many for any batch
///
/// What each side learns is as for `LookupClient`. The key is for one batch.
public struct BatchQuery: ~Copyable, Sendable {
  private let parameters: BatchParameters
  private let codes: [BatchCode]
  private let places: [Int?]
  private let key: SecretBytes
  /// What goes to the server; as long for every batch.
  public let bytes: [UInt8]

  /// A query for distinct items, at most `queries` of the set, by their keys in this table.
  ///
  /// Throws `wrongTable`, `tooManyItems` for too many or repeated ones, and `unplacedQueries`.
  public init(
    _ keys: [ItemKey], _ parameters: BatchParameters, table: TableDescription
  ) throws(LookupError) {
    guard table.parametersDigest == parameters.digest, let attempt = table.attempts.first,
      table.attempts.count == 1
    else { throw .wrongTable }
    guard keys.count <= parameters.literal.queries, Set(keys).count == keys.count else { throw .tooManyItems }
    let codes = keys.map { BatchCode($0, attempt: attempt, parameters) }
    var generator = SystemRandomNumberGenerator()
    let bins = try CuckooBins(codes.map(\.bins), bins: parameters.literal.bins, using: &generator)
    let seed = SystemRandom.secretBytes(count: RandomStream.keyByteCount)
    let bytes = try Self.encrypt(codes, bins.queries, parameters, table, seed)
    self.init(parameters, codes, bins.queries, seed, bytes)
  }

  private init(
    _ parameters: BatchParameters, _ codes: [BatchCode], _ places: [Int?], _ key: consuming SecretBytes,
    _ bytes: [UInt8]
  ) {
    self.parameters = parameters
    self.codes = codes
    self.places = places
    self.key = key
    self.bytes = bytes
  }

  private static func encrypt(
    _ codes: [BatchCode], _ places: [Int?], _ parameters: BatchParameters, _ table: TableDescription,
    _ seed: borrowing SecretBytes
  ) throws(LookupError) -> [UInt8] {
    let key = SecretKey(parameters.encryption, seed: seed.copy())
    var writer = ByteWriter(capacity: 1 << 20)
    writer.append(LookupFormat.batchQuery.header)
    writer.append(bytes: table.digest)
    for coordinate in 0..<parameters.literal.uploads {
      let bin = places.map { query in query.map { UInt64(codes[$0].vector[coordinate]) } ?? 0 }
      let slots = (0..<parameters.copies).flatMap { _ in bin }
      let plaintext = try encryption { () throws(BFVError) in
        try Plaintext(slots: slots, parameters: parameters.encryption)
      }
      writer.append(bytes: key.encryptSeeded(plaintext).encoded())
    }
    return writer.finish()
  }

  /// Reads the response: a result for each item, in their order. Throws `malformed` and `encryption`, whichever items were
  /// asked for.
  public consuming func finish(_ response: [UInt8]) throws(LookupError) -> [LookupResult] {
    let answers = try decode(response)
    var results = [LookupResult](repeating: .absent, count: codes.count)
    let (copies, digits) = (parameters.copies, parameters.digitsPerItem)
    for (bin, place) in places.enumerated() {
      guard let place else { continue }
      let code = codes[place]
      func read(_ subBin: Int) -> FoundItem {
        let found = (0..<digits).map { digit -> UInt64 in
          let form = subBin * digits + digit
          return answers[form / copies][form % copies * parameters.literal.bins + bin]
        }
        return FoundItem(found[...], tag: code.tag, labelPad: code.labelPad, parameters.labelCoding)
      }
      results[place] = LookupResult(read(code.subBins.0), read(code.subBins.1), isSound: true)
    }
    return results
  }

  /// The slots of every answer.
  private borrowing func decode(_ response: [UInt8]) throws(LookupError) -> [[UInt64]] {
    var reader = ByteReader(response)
    let count = parameters.literal.answers
    do { try reader.expectHeader(LookupFormat.batchResponse.header) } catch { throw .malformed }
    guard reader.left % count == 0 else { throw .malformed }
    let size = reader.left / count
    let secret = SecretKey(parameters.encryption, seed: key.copy())
    var answers: [[UInt64]] = []
    for _ in 0..<count {
      let bytes: [UInt8]
      do { bytes = try reader.readBytes(size) } catch { throw .malformed }
      answers.append(
        try encryption { () throws(BFVError) in
          let answer = try Answer(decoding: bytes, parameters: secret.parameters)
          return try secret.decrypt(answer).slots(secret.parameters)
        })
    }
    return answers
  }
}
