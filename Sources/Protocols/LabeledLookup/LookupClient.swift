import BFV
import ByteCoding
import Primitives
import Secrets

/// What a query found.
public enum LookupResult: Sendable, Equatable {
  /// Not among the items.
  case absent
  /// Among the items, with this label of the set's length.
  case present(label: [UInt8])
  /// The server selected from a table that no correct builder makes. As secret as the other results: which of a table's
  /// groups are damaged is the server's choice, so how the client goes on must not depend on it.
  case unsound
}

extension LookupResult {
  /// What two places of a table say of an item that stands in at most one; reads both whichever holds it.
  init(_ first: FoundItem, _ second: FoundItem, isSound: Bool) {
    let isPresent = first.isTagged || second.isTagged
    let label = zip(first.label, second.label).map {
      ($0 & (first.isTagged ? 0xFF : 0)) | ($1 & (first.isTagged ? 0 : 0xFF))
    }
    let isReadable =
      isSound && (first.isReadable || !first.isTagged)
      && (second.isReadable || first.isTagged || !second.isTagged)
    self = !isReadable ? .unsound : isPresent ? .present(label: label) : .absent
  }
}

/// What stands in one place of a table, read as the item that is looked for.
struct FoundItem {
  /// Whether the tag is the item's.
  let isTagged: Bool
  /// Whether the label's digits are those of a label; only then it is one.
  let isReadable: Bool
  let label: [UInt8]

  /// `digits`: tag, then label. The time does not depend on them.
  init(
    _ digits: ArraySlice<UInt64>, tag: some Collection<some FixedWidthInteger>,
    labelPad: some Sequence<UInt8>, _ coding: LabelCoding
  ) {
    isTagged = zip(digits, tag).reduce(0) { $0 | ($1.0 ^ UInt64($1.1)) } == 0
    (label, isReadable) = coding.label(of: digits.dropFirst(tag.count), pad: labelPad)
  }
}

/// The side that asks, for one session against one table.
///
///     client                                                        server
///     expansion keys, once a session, if the set needs them  ────▶
///     digest of the table, Enc(v_2 … v_K), Enc(indicators)   ────▶
///                                        ◀────  answers, equally many for any item
///
/// The client learns whether the item is there, its label, and columns of the table that say nothing to who lacks the OPRF
/// outputs of their items. The server, honest or not, learns that a query was made (IND-CPA; with expansion keys under
/// circular security) as long as the client's reaction tells it nothing: never repeat or report a failed query, and go on
/// after any result, `unsound` as well, as if it were `absent`.
public struct LookupClient: ~Copyable, Sendable {
  /// The set.
  public let parameters: LookupParameters
  /// The table.
  public let table: TableDescription
  private let seed: SecretBytes
  /// Galois keys to send once before the first query; empty for sets without expansion.
  public let expansionKeys: [UInt8]

  /// A session under a fresh key. Throws `wrongTable` where the description is for another set.
  public init(_ parameters: LookupParameters, table: TableDescription) throws(LookupError) {
    guard table.parametersDigest == parameters.digest, table.attempts.count == parameters.literal.groups
    else { throw .wrongTable }
    let seed = SystemRandom.secretBytes(count: RandomStream.keyByteCount)
    let levels = parameters.literal.expansionLevels
    var keys: [UInt8] = []
    if levels > 0 {
      let key = SecretKey(parameters.layers[0], seed: seed.copy())
      keys = try encryption { () throws(BFVError) in
        try key.makeGaloisKeys(key.parameters.expansion(levels: levels)).encoded()
      }
    }
    self.init(parameters, table, seed, keys)
  }

  private init(
    _ parameters: LookupParameters, _ table: TableDescription, _ seed: consuming SecretBytes, _ keys: [UInt8]
  ) {
    self.parameters = parameters
    self.table = table
    self.seed = seed
    expansionKeys = keys
  }

  /// A query for the item with this OPRF output.
  public borrowing func query(output: [UInt8]) throws(LookupError) -> LookupQuery {
    let key = ItemKey(output: output, salt: table.salt)
    return try query(key)
  }

  /// A query for an item by its key in this table.
  public borrowing func query(_ key: ItemKey) throws(LookupError) -> LookupQuery {
    let group = key.group(below: parameters.literal.groups)
    let code = ItemCode(key, attempt: table.attempts[group], parameters)
    var writer = ByteWriter(capacity: 1 << 18)
    writer.append(LookupFormat.query.header)
    writer.append(bytes: table.digest)
    let values = SecretKey(parameters.layers[0], seed: seed.copy())
    try append(code.vector.map { UInt64($0) }, under: values, to: &writer)
    var rest = group
    for layer in parameters.layers.dropFirst() {
      let (indicators, wanted) = (parameters.literal.indicators, rest % parameters.literal.indicators)
      rest /= indicators
      let outer = SecretKey(layer, seed: seed.copy())
      try append((0..<indicators).map { $0 == wanted ? 1 : 0 }, under: outer, to: &writer)
    }
    return LookupQuery(parameters: parameters, code: code, seed: seed.copy(), bytes: writer.finish())
  }

  private borrowing func append(
    _ constants: [UInt64], under key: borrowing SecretKey, to writer: inout ByteWriter
  ) throws(LookupError) {
    for start in stride(from: 0, to: constants.count, by: parameters.packed) {
      let packed = Array(constants[start..<min(start + parameters.packed, constants.count)])
      let plaintext = try encryption { () throws(BFVError) in
        try Plaintext(coefficients: packed, parameters: key.parameters)
      }
      let upload = key.encryptSeeded(plaintext, expansionLevels: parameters.literal.expansionLevels)
      writer.append(bytes: upload.encoded())
    }
  }
}

/// A query on its way: what is sent, and what the client keeps until the response comes.
public struct LookupQuery: ~Copyable, Sendable {
  private let parameters: LookupParameters
  private let code: ItemCode
  private let seed: SecretBytes
  /// What goes to the server; as long for every item.
  public let bytes: [UInt8]

  init(
    parameters: LookupParameters, code: ItemCode, seed: consuming SecretBytes, bytes: [UInt8]
  ) {
    self.parameters = parameters
    self.code = code
    self.seed = seed
    self.bytes = bytes
  }

  /// Reads the response. Throws `malformed` and `encryption` for what the server knows of its bytes itself, whichever item was
  /// asked for; what only decryption shows is `unsound`. Both columns are opened, wherever the item is.
  public consuming func finish(_ response: [UInt8]) throws(LookupError) -> LookupResult {
    let answers = try decode(response)
    let first = try read(column: code.columns.0, answers)
    let second = try read(column: code.columns.1, answers)
    return LookupResult(first.item, second.item, isSound: first.isSound && second.isSound)
  }

  private borrowing func read(
    column: Int, _ answers: [Answer]
  ) throws(LookupError) -> (item: FoundItem, isSound: Bool) {
    let (plaintext, isSound) = try open(layer: 0, index: column / parameters.columnsPerAnswer, answers)
    guard let coefficients = plaintext.coefficients else { throw .malformed }
    let start = column % parameters.columnsPerAnswer * parameters.digitsPerItem
    let item = FoundItem(
      coefficients[start..<(start + parameters.digitsPerItem)], tag: code.tag, labelPad: code.labelPad,
      parameters.labelCoding)
    return (item, isSound)
  }

  private borrowing func decode(_ response: [UInt8]) throws(LookupError) -> [Answer] {
    var reader = ByteReader(response)
    let count = parameters.responseAnswers
    do { try reader.expectHeader(LookupFormat.response.header) } catch { throw .malformed }
    guard reader.left % count == 0 else { throw .malformed }
    let size = reader.left / count
    let last = parameters.layers[parameters.recursions]
    var answers: [Answer] = []
    for _ in 0..<count {
      let bytes: [UInt8]
      do { bytes = try reader.readBytes(size) } catch { throw .malformed }
      answers.append(
        try encryption { () throws(BFVError) in try Answer(decoding: bytes, parameters: last) })
    }
    return answers
  }

  /// The plaintext of answer `index` of a layer, and whether all under it was sound; answers of all layers but the last are
  /// put together from the next one's.
  private borrowing func open(
    layer: Int, index: Int, _ answers: [Answer]
  ) throws(LookupError) -> (Plaintext, isSound: Bool) {
    let answer: Answer
    var isSound = true
    if layer == parameters.recursions {
      answer = answers[index]
    } else {
      let digits = parameters.digits[layer]
      var plaintexts: [Plaintext] = []
      for digit in 0..<digits.count {
        let (part, isPartSound) = try open(
          layer: layer + 1, index: index * digits.count + digit, answers)
        plaintexts.append(part)
        isSound = isPartSound && isSound
      }
      let parts = plaintexts
      let joined = try encryption { () throws(BFVError) in try digits.join(parts) }
      answer = joined.answer
      isSound = joined.isSound && isSound
    }
    let key = SecretKey(parameters.layers[layer], seed: seed.copy())
    return (try encryption { () throws(BFVError) in try key.decrypt(answer) }, isSound)
  }
}
