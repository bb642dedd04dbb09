// Fence: reads a stream into an array.
import BFV
import ParallelLoops
import Primitives
import Secrets

/// A table for batches with its description.
public struct BatchTable: Sendable {
  /// What clients get; one attempt.
  public let description: TableDescription
  /// What the server reads.
  public let bytes: [UInt8]
}

/// Items of a batch table, before they are placed: keys and, one behind the other, labels of exactly the set's length.
public struct BatchItems: Sendable {
  /// One for each item.
  public private(set) var keys: [ItemKey] = []
  /// `labelByteCount` bytes for each item.
  public private(set) var labels: [UInt8] = []
  private let labelByteCount: Int

  /// No items.
  public init(_ parameters: BatchParameters) { labelByteCount = parameters.labelByteCount }

  /// Makes room for `count` items.
  public mutating func reserve(_ count: Int) {
    keys.reserveCapacity(count)
    labels.reserveCapacity(count * labelByteCount)
  }

  /// Adds an item; a shorter label is filled up with zeros. Throws `labelTooLong`.
  public mutating func append(_ key: ItemKey, label: [UInt8] = []) throws(LookupError) {
    guard label.count <= labelByteCount else { throw .labelTooLong }
    keys.append(key)
    if labelByteCount > 0 { labels += label + [UInt8](repeating: 0, count: labelByteCount - label.count) }
  }

  func label(_ index: Int) -> ArraySlice<UInt8> {
    labels[(index * labelByteCount)..<((index + 1) * labelByteCount)]
  }
}

/// Places items into bins and systems of equations and packs the solutions. Output depends on the items, the salt that
/// their keys were made with, and the padding key alone.
public struct BatchTableBuilder: ~Copyable, Sendable {
  private let parameters: BatchParameters
  private let paddingKey: SecretBytes

  /// `paddingKey`: 32 bytes that only the server has; from them come the values that no item determines.
  public init(_ parameters: BatchParameters, paddingKey: consuming SecretBytes) {
    precondition(paddingKey.count == RandomStream.keyByteCount)
    self.parameters = parameters
    self.paddingKey = paddingKey
  }

  /// A table of all items; of equal keys the first counts. Throws `tooManyItems`.
  public borrowing func build(
    _ items: BatchItems, salt: [UInt8], threads: Int = ParallelLoops.processorCount
  ) throws(LookupError) -> BatchTable {
    let order = items.keys.indices.sorted { (items.keys[$0], $0) < (items.keys[$1], $1) }
    var distinct: [Int] = []
    for index in order where distinct.last.map({ items.keys[$0] != items.keys[index] }) ?? true {
      distinct.append(index)
    }
    for attempt in UInt8(0)..<8 {
      guard let forms = solve(distinct, of: items, attempt: attempt, threads: threads) else { continue }
      let description = TableDescription(
        parametersDigest: parameters.digest, salt: salt, attempts: [attempt])
      return BatchTable(description: description, bytes: try pack(forms, threads: threads))
    }
    throw .tooManyItems
  }

  /// For each bin, the coefficients of its forms: terms, then sub-bins with their digits. nil where an item finds no
  /// place.
  private borrowing func solve(
    _ chosen: [Int], of items: BatchItems, attempt: UInt8, threads: Int
  ) -> [[UInt32]]? {
    let parameters = parameters
    let bins = ParallelLoops.map(count: chosen.count, chunksOf: 4096, threads: threads) {
      BatchCode(items.keys[chosen[$0]], attempt: attempt, parameters).bins
    }
    var members = [[Int]](repeating: [], count: parameters.literal.bins)
    for (index, three) in zip(chosen, bins) { for bin in three { members[bin].append(index) } }
    let lists = members
    let copy = paddingKey.copy()
    let solved = ParallelLoops.map(count: lists.count, chunksOf: 4, threads: threads) { bin -> [UInt32]? in
      var placement = BinPlacement(parameters)
      var stream = RandomStream(key: copy, stream: UInt64(bin) << 8 | UInt64(attempt))
      return placement.solve(lists[bin], of: items, attempt: attempt, padding: &stream)
    }
    let forms = solved.compactMap { $0 }
    return forms.count == solved.count ? forms : nil
  }

  /// Slots to packed coefficients, one plaintext for each term of each answer.
  private borrowing func pack(_ forms: [[UInt32]], threads: Int) throws(LookupError) -> [UInt8] {
    let parameters = parameters
    let (bins, terms, copies) = (parameters.literal.bins, parameters.terms, parameters.copies)
    let width = parameters.subBins * parameters.digitsPerItem
    let rowBytes = parameters.rows.rowByteCount
    let packed = ParallelLoops.map(count: parameters.literal.answers * terms, chunksOf: 8, threads: threads) {
      index -> Result<[UInt8], BFVError> in
      let (answer, term) = (index / terms, index % terms)
      var slots = [UInt64](repeating: 0, count: parameters.degree)
      for copy in 0..<copies where answer * copies + copy < width {
        let form = term * width + answer * copies + copy
        for bin in 0..<bins { slots[copy * bins + bin] = UInt64(forms[bin][form]) }
      }
      do throws(BFVError) {
        let plaintext = try Plaintext(slots: slots, parameters: parameters.encryption)
        var row = [UInt8](repeating: 0, count: rowBytes)
        parameters.rows.write(plaintext.coefficients ?? [], to: &row, row: 0)
        return .success(row)
      } catch { return .failure(error) }
    }
    return try encryption { () throws(BFVError) in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(parameters.tableByteCount)
      for row in packed { bytes += try row.get() }
      return bytes
    }
  }
}

/// The systems of equations of one bin.
struct BinPlacement {
  private let parameters: BatchParameters
  private var system: ColumnSystem

  init(_ parameters: BatchParameters) {
    self.parameters = parameters
    system = ColumnSystem(
      modulus: parameters.modulus, unknowns: parameters.terms, values: parameters.digitsPerItem)
  }

  /// The coefficients of all forms: terms, then sub-bins, then digits. nil where an item finds no place.
  mutating func solve(
    _ members: [Int], of items: BatchItems, attempt: UInt8, padding: inout RandomStream
  ) -> [UInt32]? {
    let codes = members.map { BatchCode(items.keys[$0], attempt: attempt, parameters) }
    var systems = [[Int]](repeating: [], count: parameters.subBins)
    for (item, code) in codes.enumerated() {
      let (a, b) = code.subBins
      let chosen = systems[a].count <= systems[b].count ? a : b
      guard systems[chosen].count < parameters.terms else { return nil }
      systems[chosen].append(item)
    }
    let digits = parameters.digitsPerItem
    let width = parameters.subBins * digits
    var forms = random(count: parameters.terms * width, from: &padding)
    for (number, list) in systems.enumerated() {
      system.removeAll()
      for item in list {
        let label = parameters.labelCoding.digits(
          of: items.label(members[item]), pad: codes[item].labelPad)
        let monomials = codes[item].monomials(modulus: parameters.modulus)
        // One of t systems of full size has no solution: another attempt is cheaper than moves.
        guard system.add(vector: monomials, values: codes[item].tag + label) else { return nil }
      }
      let places = (0..<(parameters.terms * digits)).map {
        $0 / digits * width + number * digits + $0 % digits
      }
      var solution = places.map { forms[$0] }
      system.solve(&solution)
      for (place, value) in zip(places, solution) { forms[place] = value }
    }
    return forms
  }

  private func random(count: Int, from stream: inout RandomStream) -> [UInt32] {
    let digits = WideDigits(modulus: parameters.modulus)
    let words = unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe stream.fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
    return words.map { digits.digit(UInt32(littleEndian: $0)) }
  }
}
