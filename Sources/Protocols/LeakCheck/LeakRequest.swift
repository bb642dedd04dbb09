import LabeledLookup
import ObliviousPRF

/// The first half of a check: entries through the oblivious PRF, in the verifiable mode.
///
///     client                                             server
///     blinded entries, padded to a fixed number  ────▶
///                              ◀────  evaluations, proof under the published key
///     then a lookup for each output (LabeledLookup)
///
/// The server learns how many requests are made, nothing of the entries; the client learns the PRF's outputs of its entries and
/// whether the server used the key that the client pins. Repeated entries are sent once.
public struct LeakRequest: ~Copyable, Sendable {
  private let request: PRFRequest
  /// For each entry that was asked for, its place among the distinct ones.
  private let places: [Int]
  private let distinctCount: Int

  /// The largest number of entries of a request.
  public static let largestCount = 1024

  /// A request for 1…1,024 entries, padded with entries of no list to `paddedCount` (by default 1 for one entry, else 1,024).
  ///
  /// Throws `entryCount`.
  public init(
    _ entries: [LeakEntry], verifying key: PRFPublicKey, paddedCount: Int? = nil
  ) throws(LeakCheckError) {
    let padded = paddedCount ?? (entries.count == 1 ? 1 : Self.largestCount)
    var order: [LeakEntry: Int] = [:]
    var inputs: [[UInt8]] = []
    var places: [Int] = []
    for entry in entries {
      let place = order[entry] ?? inputs.count
      if place == inputs.count {
        order[entry] = place
        inputs.append(entry.input)
      }
      places.append(place)
    }
    guard (1...Self.largestCount).contains(entries.count), (inputs.count...Self.largestCount).contains(padded)
    else { throw .entryCount }
    let distinct = inputs.count
    // Inputs that no entry has: entries begin with another name.
    for number in distinct..<padded { inputs.append(Array("hitoku/leak/padding/1:\(number)".utf8)) }
    let request: PRFRequest
    do { request = try PRFClient(verifying: key).blind(inputs) } catch { throw .entryCount }
    self.init(request, places, distinct)
  }

  private init(_ request: consuming PRFRequest, _ places: [Int], _ distinctCount: Int) {
    self.request = request
    self.places = places
    self.distinctCount = distinctCount
  }

  /// What goes to the server.
  public var bytes: [UInt8] { request.bytes }

  /// The outputs of the distinct entries, and for each entry that was asked for its place among them. Throws what
  /// `PRFRequest.finalize` throws: `invalidProof` where the server used another key.
  public consuming func finish(_ answer: [UInt8]) throws(ObliviousPRFError) -> LeakOutputs {
    let (places, count) = (places, distinctCount)
    let outputs = try request.finalize(answer)
    return LeakOutputs(outputs: Array(outputs.prefix(count)), places: places)
  }
}

/// Entries behind the PRF.
public struct LeakOutputs: Sendable {
  /// 64 bytes for each distinct entry: what a lookup needs.
  public let outputs: [[UInt8]]
  /// For each entry that was asked for, its place in `outputs`.
  public let places: [Int]

  /// The keys of the distinct entries in a table.
  public func keys(in table: TableDescription) -> [ItemKey] {
    outputs.map { ItemKey(output: $0, salt: table.salt) }
  }
}
