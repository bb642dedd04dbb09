/// A value that goes into a statement or comes out of a row.
enum StoreValue: Sendable, Hashable {
  case integer(Int64)
  case text(String)
  case bytes([UInt8])
  case null

  static func integer(_ value: Int) -> StoreValue { .integer(Int64(value)) }
}

/// A row by the names of its columns.
struct StoreRow {
  let columns: [String: StoreValue]

  func integer(_ name: String) throws(ContributionStoreError) -> Int {
    guard case .integer(let value)? = columns[name] else { throw .storage(code: 0) }
    return Int(value)
  }

  func text(_ name: String) throws(ContributionStoreError) -> String {
    guard case .text(let value)? = columns[name] else { throw .storage(code: 0) }
    return value
  }

  func bytes(_ name: String) throws(ContributionStoreError) -> [UInt8] {
    guard let value = try optionalBytes(name) else { throw .storage(code: 0) }
    return value
  }

  func optionalBytes(_ name: String) throws(ContributionStoreError) -> [UInt8]? {
    switch columns[name] {
    case .bytes(let value): return value
    case .null: return nil
    default: throw .storage(code: 0)
    }
  }
}

/// One transaction of a database. Statements are SQL that both databases read, with `?` for values.
protocol StoreSession {
  /// What makes a SELECT keep other writers from the row until the transaction ends; empty where one writes at a time anyway.
  var lock: String { get }
  /// Carries a statement out and gives the number of rows it changed.
  @discardableResult
  func execute(_ sql: String, _ values: [StoreValue]) throws -> Int
  /// Hands each row to `each`, one at a time in memory.
  func rows(_ sql: String, _ values: [StoreValue], _ each: (StoreRow) throws -> Void) throws
}

extension StoreSession {
  /// All rows.
  func all(_ sql: String, _ values: [StoreValue] = []) throws -> [StoreRow] {
    var all: [StoreRow] = []
    try rows(sql, values) { all.append($0) }
    return all
  }

  /// The first row.
  func first(_ sql: String, _ values: [StoreValue]) throws -> StoreRow? { try all(sql, values).first }
}

/// Where a store is kept.
protocol StoreDatabase: Sendable {
  /// One durable transaction, which sees nothing change that it has locked.
  func write(_ body: (any StoreSession) throws -> Void) throws
  /// One transaction that sees one state of everything.
  func read(_ body: (any StoreSession) throws -> Void) throws
}
