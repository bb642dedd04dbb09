// Fence: threads read the table through its pointer, for the length of a call.
import BFV
import ByteCoding
import ParallelLoops

/// The side that has tables. It keeps no state of queries, so that one value serves all clients at once.
public struct LookupServer: Sendable {
  /// The set.
  public let parameters: LookupParameters

  /// A server for tables of one set.
  public init(_ parameters: LookupParameters) { self.parameters = parameters }

  /// Reads a client's expansion keys, sent once a session. Throws `encryption`.
  public func expansionKeys(_ bytes: [UInt8]) throws(LookupError) -> GaloisKeys {
    let layer = parameters.layers[0]
    let keys = try encryption { () throws(BFVError) in try GaloisKeys(decoding: bytes, parameters: layer) }
    guard keys.elements == Set(layer.expansion(levels: parameters.literal.expansionLevels)) else {
      throw .missingKeys
    }
    return keys
  }

  /// Answers a query against `table`, which `description` describes: as many bytes, as much work and the same memory accesses for
  /// every item. `keys` come from `expansionKeys`.
  ///
  /// Throws `wrongTable`, `malformed`, `missingKeys` or `encryption`.
  public func answer(
    _ query: [UInt8], table: RawSpan, description: TableDescription, keys: GaloisKeys? = nil, threads: Int = 1
  ) throws(LookupError) -> [UInt8] {
    precondition(table.byteCount == parameters.tableByteCount, "a table of this set")
    let factors = try decode(query, description, keys)
    var rows = try retrieve(factors[0], table, threads: threads)
    for layer in parameters.layers.indices.dropFirst() {
      rows = try fold(rows, by: factors[layer], layer: layer, threads: threads)
    }
    var writer = ByteWriter(capacity: rows.reduce(4) { $0 + $1.count })
    writer.append(LookupFormat.response.header)
    for row in rows { writer.append(bytes: row) }
    return writer.finish()
  }

  /// The same for a table in memory.
  public func answer(
    _ query: [UInt8], _ table: LookupTable, keys: GaloisKeys? = nil, threads: Int = 1
  ) throws(LookupError) -> [UInt8] {
    unsafe try answer(
      query, table: table.bytes.span.bytes, description: table.description, keys: keys, threads: threads)
  }

  /// The encrypted v, then the indicators of every recursion.
  private func decode(
    _ query: [UInt8], _ description: TableDescription, _ keys: GaloisKeys?
  ) throws(LookupError) -> [EncryptedFactors] {
    var reader = ByteReader(query)
    do {
      try reader.expectHeader(LookupFormat.query.header)
      guard try reader.readBytes(32) == description.digest else { throw LookupError.wrongTable }
    } catch let error as LookupError { throw error } catch { throw .malformed }
    let uploads = parameters.valueUploads + parameters.recursions * parameters.indicatorUploads
    guard reader.left % uploads == 0 else { throw .malformed }
    let size = reader.left / uploads
    var factors: [EncryptedFactors] = []
    for (index, layer) in parameters.layers.enumerated() {
      let constants = index == 0 ? parameters.columnSize - 1 : parameters.literal.indicators
      var ciphertexts: [Ciphertext<Evaluation>] = []
      for start in stride(from: 0, to: constants, by: parameters.packed) {
        let bytes: [UInt8]
        do { bytes = try reader.readBytes(size) } catch { throw .malformed }
        let support = min(parameters.packed, constants - start)
        ciphertexts += try expand(bytes, support: support, layer, keys)
      }
      let read = ciphertexts
      factors.append(
        try encryption { () throws(BFVError) in try EncryptedFactors(read, bitsPerCoefficient: 8) })
    }
    return factors
  }

  private func expand(
    _ bytes: [UInt8], support: Int, _ layer: Parameters, _ keys: GaloisKeys?
  ) throws(LookupError) -> [Ciphertext<Evaluation>] {
    let levels = parameters.literal.expansionLevels
    guard levels == 0 || keys != nil else { throw .missingKeys }
    return try encryption { () throws(BFVError) in
      let upload = try SeededCiphertext(decoding: bytes, parameters: layer, support: support)
      guard let keys, levels > 0 else { return [upload.expandedEvaluated()] }
      return try upload.expanded().expanded(levels: levels, with: keys).prefix(support).map { $0.evaluated() }
    }
  }

  /// ⟨(1, v), a⟩ for every answer of every group: bytes to send, or rows of digits for the next layer.
  private func retrieve(
    _ factors: EncryptedFactors, _ table: RawSpan, threads: Int
  ) throws(LookupError) -> [[UInt8]] {
    let (degree, first) = (parameters.degree, parameters.layers[0])
    let stride = parameters.columnSize * degree
    return try unsafe table.withUnsafeBytes { (buffer) throws(LookupError) in
      nonisolated(unsafe) let buffer = unsafe buffer
      return try collect(count: parameters.literal.groups * parameters.literal.answers, threads: threads) {
        range throws(BFVError) in
        let part = unsafe UnsafeRawBufferPointer(
          rebasing: buffer[(range.lowerBound * stride)..<(range.upperBound * stride)])
        let bytes = unsafe RawSpan(_unsafeBytes: part)
        var sums = try factors.innerProducts(
          bytes, RowBlocksLayout(count: range.count, stride: stride, offset: degree))
        var rows: [[UInt8]] = []
        for index in sums.indices {
          // The first unknown's factor is 1.
          let constant = unsafe part[(index * stride)..<(index * stride + degree)].map {
            min(UInt64($0), parameters.modulus - 1)
          }
          sums[index].add(try Plaintext(coefficients: constant, parameters: first))
          rows += try self.rows(of: sums[index].answer(.all), layer: 0)
        }
        return rows
      }
    }
  }

  /// Selects one of `indicators` neighbouring groups.
  private func fold(
    _ rows: [[UInt8]], by factors: EncryptedFactors, layer: Int, threads: Int
  ) throws(LookupError) -> [[UInt8]] {
    // Rows stand by group, then by answer and digit; the product takes one of every group.
    let perGroup = parameters.answerCount(layer: layer)
    let (indicators, degree) = (parameters.literal.indicators, parameters.degree)
    return try collect(count: rows.count / indicators, threads: threads) { range throws(BFVError) in
      var joined: [UInt8] = []
      joined.reserveCapacity(range.count * indicators * degree)
      for index in range {
        let (outer, place) = (index / perGroup, index % perGroup)
        for group in 0..<indicators { joined += rows[(outer * indicators + group) * perGroup + place] }
      }
      let layout = RowBlocksLayout(count: range.count, stride: indicators * degree)
      var selected: [[UInt8]] = []
      for sum in unsafe try factors.innerProducts(joined.span.bytes, layout) {
        selected += try self.rows(of: sum.answer(.all), layer: layer)
      }
      return selected
    }
  }

  /// The digits of an answer for the next layer, or the answer's bytes after the last.
  private func rows(of answer: Answer, layer: Int) throws(BFVError) -> [[UInt8]] {
    guard layer < parameters.recursions else { return [try answer.encoded(parameters.layers[layer])] }
    return try parameters.digits[layer].split(answer)
  }

  /// What `body` makes of all indices, a few at a time, in order.
  private func collect(
    count: Int, threads: Int, _ body: @Sendable (Range<Int>) throws(BFVError) -> [[UInt8]]
  ) throws(LookupError) -> [[UInt8]] {
    let runs = PackedRows.runs
    let parts = ParallelLoops.map(count: (count + runs - 1) / runs, chunksOf: 1, threads: threads) {
      part -> Result<[[UInt8]], BFVError> in
      let range = (part * runs)..<min((part + 1) * runs, count)
      do throws(BFVError) { return .success(try body(range)) } catch { return .failure(error) }
    }
    return try encryption { () throws(BFVError) in
      var rows: [[UInt8]] = []
      for part in parts { rows += try part.get() }
      return rows
    }
  }
}
