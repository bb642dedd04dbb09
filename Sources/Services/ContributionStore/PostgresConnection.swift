#if Services
import CPQ
import Foundation

// Fence: libpq's connection and results are pointers, freed here; parameters go to it for the length of a call.

/// One connection to PostgreSQL. Used by one thread at a time.
@safe final class PostgresConnection: @unchecked Sendable {
  private let connection: OpaquePointer

  /// Connects. Throws `cannotConnect`.
  init(_ parameters: String) throws(ContributionStoreError) {
    guard let connection = unsafe PQconnectdb(parameters) else { throw .cannotConnect }
    guard unsafe PQstatus(connection) == CONNECTION_OK else {
      unsafe PQfinish(connection)
      throw .cannotConnect
    }
    unsafe self.connection = unsafe connection
  }

  deinit { unsafe PQfinish(connection) }

  /// Whether it is of further use.
  var isAlive: Bool { unsafe PQstatus(connection) == CONNECTION_OK }

  /// Several statements without values.
  func run(script: String) throws(PostgresFailure) {
    let result = unsafe PQexec(connection, script)
    defer { unsafe PQclear(result) }
    try unsafe check(result)
  }

  /// One statement; hands over one row at a time, and gives the number of rows changed.
  @discardableResult
  func run(
    _ sql: String, _ values: [StoreValue], _ each: (StoreRow) throws -> Void = { _ in }
  ) throws -> Int {
    guard send(Self.numbered(sql), values), unsafe PQsetSingleRowMode(connection) == 1 else {
      throw PostgresFailure(state: "")
    }
    var changed = 0
    var failure: (any Error)?
    // Everything is taken from the wire, also after a failure: the connection is of no use before.
    while let result = unsafe PQgetResult(connection) {
      defer { unsafe PQclear(result) }
      guard failure == nil else { continue }
      do {
        try unsafe check(result)
        for row in 0..<(unsafe PQntuples(result)) { try each(try unsafe Self.row(result, row)) }
        changed = unsafe Int(String(cString: PQcmdTuples(result))) ?? changed
      } catch { failure = error }
    }
    if let failure { throw failure }
    return changed
  }

  private func check(_ result: OpaquePointer?) throws(PostgresFailure) {
    switch unsafe PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: return
    default:
      // PG_DIAG_SQLSTATE.
      let state = unsafe PQresultErrorField(result, Int32(UInt8(ascii: "C")))
      throw PostgresFailure(state: unsafe state.map { unsafe String(cString: $0) } ?? "")
    }
  }

  /// `?` as PostgreSQL numbers values.
  private static func numbered(_ sql: String) -> String {
    var number = 0
    return String(
      sql.flatMap { character -> [Character] in
        guard character == "?" else { return [character] }
        number += 1
        return Array("$\(number)")
      })
  }

  private static let (int8, text, bytea) = (UInt32(20), UInt32(25), UInt32(17))

  /// Sends values in binary: big-endian words, and bytes as they are.
  private func send(_ sql: String, _ values: [StoreValue]) -> Bool {
    var bytes: [UInt8] = []
    var (types, lengths, offsets): ([Oid], [Int32], [Int?]) = ([], [], [])
    for value in values {
      let start = bytes.count
      switch value {
      case .integer(let value):
        types.append(Self.int8)
        bytes += stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
      case .text(let value):
        types.append(Self.text)
        bytes += Array(value.utf8)
      case .bytes(let value):
        types.append(Self.bytea)
        bytes += value
      case .null: types.append(0)
      }
      lengths.append(Int32(bytes.count - start))
      offsets.append(value == .null ? nil : start)
    }
    // One byte more, so that there is an address also for empty values.
    bytes.append(0)
    let formats = [Int32](repeating: 1, count: values.count)
    return unsafe bytes.withUnsafeBytes { buffer in
      let pointers = unsafe offsets.map { offset in
        unsafe offset.flatMap {
          unsafe buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self)
        }
      }
      return unsafe PQsendQueryParams(
        connection, sql, Int32(values.count), types, pointers, lengths, formats, 1) == 1
    }
  }

  private static func row(_ result: OpaquePointer, _ row: Int32) throws -> StoreRow {
    var columns: [String: StoreValue] = [:]
    for column in 0..<(unsafe PQnfields(result)) {
      let name = unsafe String(cString: PQfname(result, column))
      guard unsafe PQgetisnull(result, row, column) == 0, let start = unsafe PQgetvalue(result, row, column)
      else {
        columns[name] = .null
        continue
      }
      let count = Int(unsafe PQgetlength(result, row, column))
      let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
      switch unsafe PQftype(result, column) {
      case int8: columns[name] = .integer(unsafe bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) })
      case text: columns[name] = .text(unsafe String(decoding: bytes, as: UTF8.self))
      case bytea: columns[name] = .bytes(unsafe Array(bytes))
      default: throw PostgresFailure(state: "")
      }
    }
    return StoreRow(columns: columns)
  }
}

/// What PostgreSQL said, as the five characters of its SQLSTATE; empty where it said nothing.
struct PostgresFailure: Error {
  let state: String

  /// Whether the same transaction may succeed when it is tried again: a deadlock, or one that could not be ordered.
  var isTransient: Bool { state == "40P01" || state == "40001" }
  /// Whether another instance made the tables at the same moment.
  var isDuplicate: Bool { ["42P07", "42723", "42710", "23505"].contains(state) }
}
#endif
