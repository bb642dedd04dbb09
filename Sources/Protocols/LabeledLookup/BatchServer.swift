// Fence: threads read the table through its pointer, for the length of a call.
import BFV
import ByteCoding
import ParallelLoops

/// The side that has batch tables. It keeps no state of queries.
public struct BatchServer: Sendable {
  /// The set.
  public let parameters: BatchParameters

  /// A server for tables of one set.
  public init(_ parameters: BatchParameters) { self.parameters = parameters }

  /// The same as below for a table in memory.
  public func answer(_ query: [UInt8], _ table: BatchTable, threads: Int = 1) throws(LookupError) -> [UInt8] {
    unsafe try answer(query, table: table.bytes.span.bytes, description: table.description, threads: threads)
  }

  /// Answers a batch against `table`, which `description` describes: as many bytes, as much work and the same memory accesses for
  /// every batch. Throws `wrongTable`, `malformed` or `encryption`.
  public func answer(
    _ query: [UInt8], table: RawSpan, description: TableDescription, threads: Int = 1
  ) throws(LookupError) -> [UInt8] {
    precondition(table.byteCount == parameters.tableByteCount, "a table of this set")
    let uploads = try decode(query, description)
    let linear = try encryption { () throws(BFVError) in
      try EncryptedFactors(uploads.map { $0.evaluated() }, bitsPerCoefficient: parameters.rows.bits)
    }
    let products = try self.products(uploads, threads: threads)
    let runs = 4
    let answers = parameters.literal.answers
    let parts = try unsafe table.withUnsafeBytes { (buffer) throws(LookupError) in
      nonisolated(unsafe) let buffer = unsafe buffer
      return try collect(count: (answers + runs - 1) / runs, threads: threads) { part throws(BFVError) in
        let range = (part * runs)..<min((part + 1) * runs, answers)
        let size = parameters.terms * parameters.rows.rowByteCount
        let slice = unsafe UnsafeRawBufferPointer(
          rebasing: buffer[(range.lowerBound * size)..<(range.upperBound * size)])
        return try evaluate(unsafe RawSpan(_unsafeBytes: slice), count: range.count, linear, products)
      }
    }
    var writer = ByteWriter(capacity: parts.reduce(4) { $0 + $1.count })
    writer.append(LookupFormat.batchResponse.header)
    for part in parts { writer.append(bytes: part) }
    return writer.finish()
  }

  private func decode(
    _ query: [UInt8], _ description: TableDescription
  ) throws(LookupError) -> [Ciphertext<Coefficient>] {
    var reader = ByteReader(query)
    do {
      try reader.expectHeader(LookupFormat.batchQuery.header)
      guard try reader.readBytes(32) == description.digest else { throw LookupError.wrongTable }
    } catch let error as LookupError { throw error } catch { throw .malformed }
    let count = parameters.literal.uploads
    guard reader.left % count == 0 else { throw .malformed }
    let size = reader.left / count
    var uploads: [Ciphertext<Coefficient>] = []
    for _ in 0..<count {
      let bytes: [UInt8]
      do { bytes = try reader.readBytes(size) } catch { throw .malformed }
      uploads.append(
        try encryption { () throws(BFVError) in
          try SeededCiphertext(decoding: bytes, parameters: parameters.encryption).expanded()
        })
    }
    return uploads
  }

  /// x_i·x_j for i ≤ j.
  private func products(
    _ uploads: [Ciphertext<Coefficient>], threads: Int
  ) throws(LookupError) -> EncryptedFactors {
    let pairs = uploads.indices.flatMap { i in (i..<uploads.count).map { (i, $0) } }
    let made = try collect(count: pairs.count, threads: threads) { index throws(BFVError) in
      let (i, j) = pairs[index]
      let product = i == j ? try uploads[i].squared() : try Ciphertext.product(uploads[i], uploads[j])
      return product.evaluated()
    }
    return try encryption { () throws(BFVError) in
      try EncryptedFactors(made, bitsPerCoefficient: parameters.rows.bits)
    }
  }

  /// `count` answers whose forms stand in `bytes`.
  private func evaluate(
    _ bytes: RawSpan, count: Int, _ linear: EncryptedFactors, _ products: EncryptedFactors
  ) throws(BFVError) -> [UInt8] {
    let row = parameters.rows.rowByteCount
    let size = parameters.terms * row
    var sums = try products.innerProducts(
      bytes, RowBlocksLayout(count: count, stride: size, offset: (1 + linear.count) * row))
    let others = try linear.innerProducts(
      bytes, RowBlocksLayout(count: count, stride: size, offset: row))
    var answers: [UInt8] = []
    for index in sums.indices {
      sums[index].add(others[index])
      let constant = parameters.rows.residues(bytes.extracting((index * size)..<(index * size + row)))
      sums[index].add(try Plaintext(coefficients: constant, parameters: parameters.encryption))
      answers += try sums[index].answer(.all).encoded(parameters.encryption)
    }
    return answers
  }

  private func collect<Value: Sendable>(
    count: Int, threads: Int, _ body: @Sendable (Int) throws(BFVError) -> Value
  ) throws(LookupError) -> [Value] {
    let parts = ParallelLoops.map(count: count, chunksOf: 1, threads: threads) {
      index -> Result<Value, BFVError> in
      do throws(BFVError) { return .success(try body(index)) } catch { return .failure(error) }
    }
    return try encryption { () throws(BFVError) in
      var values: [Value] = []
      for part in parts { values.append(try part.get()) }
      return values
    }
  }
}
