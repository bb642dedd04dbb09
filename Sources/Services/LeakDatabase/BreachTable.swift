import LeakCheck
import Tables

/// The columns of a breach list in CSV, known by their headers in any order and case.
struct BreachTable: Sendable {
  private enum Secret {
    case hash(Int)
    case password(Int)
  }

  private let kind: LeakListKind
  private let fields: Int
  private let secret: Secret
  private let user: Int?
  private let count: Int?
  private let source: Int?

  /// nil where the columns that `kind` needs are not there, or twice.
  init?(header: [UInt8], kind: LeakListKind) {
    guard let record = try? CSVRecord(line: header) else { return nil }
    let names = (0..<record.count).map {
      record.text($0).lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" }
    }
    func column(_ wanted: [String]) -> Int? {
      let found = names.indices.filter { wanted.contains(names[$0]) }
      return found.count == 1 ? found[0] : nil
    }
    self.kind = kind
    fields = record.count
    user = column(["username", "user", "login", "email", "mail", "emailaddress"])
    count = column(["count", "times", "occurrences"])
    source = column(["source", "breach"])
    if let password = column(["password", "plaintext"]) {
      secret = .password(password)
    } else if kind != .credentials, let hash = column(["hash", kind.rawValue]) {
      secret = .hash(hash)
    } else {
      return nil
    }
    if kind == .credentials && user == nil { return nil }
  }

  /// One line; nil where it is malformed.
  func line(_ bytes: [UInt8]) -> SourcedLine? {
    guard bytes.count <= LeakLine.longestLine, let record = try? CSVRecord(line: bytes),
      record.count == fields
    else { return nil }
    // An empty count is one.
    let times = count.map { record[$0].isEmpty ? 1 : try? LeakLine.number(record[$0]) } ?? 1
    guard let times, let line = try? entry(record, times) else { return nil }
    let name = source.map { record.text($0) } ?? ""
    return SourcedLine(line: line, source: name.isEmpty ? nil : name)
  }

  private func entry(_ record: CSVRecord, _ count: UInt64) throws(LeakCheckError) -> LeakLine {
    switch secret {
    case .hash(let column):
      let digest = try LeakLine.bytes(hex: Array(record[column]))
      return LeakLine(try kind == .sha1 ? LeakEntry(sha1: digest) : LeakEntry(ntlm: digest), count: count)
    case .password(let column):
      let password = record.text(column)
      guard !password.isEmpty else { throw .malformedLine }
      switch kind {
      case .sha1: return LeakLine(LeakEntry(password: password), count: count)
      case .ntlm: return LeakLine(LeakEntry(ntlmOf: password), count: count)
      case .credentials:
        let name = try UserName(record.text(user ?? 0))
        return LeakLine(LeakEntry(name, password: password), user: name, count: count)
      }
    }
  }
}
