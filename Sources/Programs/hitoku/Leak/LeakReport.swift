#if Services
import Foundation
import LeakClient
import Reports
import ServiceContracts

/// What a check found, for people and programs. It names no password.
struct LeakReport: Encodable, Sendable {
  struct Database: Encodable {
    var name: String
    var version: String
    var items: Int
  }
  struct Entry: Encodable {
    var entry: String
    var user: String?
    var leaked: Bool
    /// How often, where the database says so.
    var seen: UInt32?
    var source: String?
  }

  let database: Database
  /// Whether all entries were checked.
  let complete: Bool
  /// Entries that were to be checked, and that were.
  let total: Int
  let checked: Int
  let leaked: Int
  /// Those that were checked.
  let entries: [Entry]

  init(_ document: LeakDocument, _ inputs: [LeakInput], _ answers: [LeakAnswer?]) {
    database = Database(
      name: document.name.escapedForTerminal, version: document.version, items: document.items)
    entries = zip(inputs, answers).compactMap { input, answer in
      guard let answer else { return nil }
      guard case .present(let label) = answer else {
        return Entry(entry: input.name, user: input.user, leaked: false)
      }
      let source = label.flatMap { label in
        document.sources.indices.contains(Int(label.source)) ? document.sources[Int(label.source)] : nil
      }
      return Entry(
        entry: input.name, user: input.user, leaked: true, seen: label?.count,
        // Private lists may name none.
        source: source.flatMap { $0.isEmpty ? nil : $0.escapedForTerminal })
    }
    total = inputs.count
    checked = entries.count
    complete = checked == total
    leaked = entries.count { $0.leaked }
  }

  /// Writes it to standard output. Throws where that takes it not, so that nobody believes what was cut short.
  func print(json: Bool) throws {
    do { try FileHandle.standardOutput.write(contentsOf: Data((try text(json: json) + "\n").utf8)) } catch {
      throw CommandFailure(
        "the report cannot be written.", hint: "Is there space where standard output goes?",
        code: .cannotCreate)
    }
  }

  private func text(json: Bool) throws -> String {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
    var lines = entries.map { entry in
      let user = entry.user.map { " (\($0.escapedForTerminal))" } ?? ""
      let seen = entry.seen.map { ", seen \(counted(Int($0), "time"))" } ?? ""
      let source = entry.source.map { ", in \($0)" } ?? ""
      return "\(entry.leaked ? "LEAKED" : "clean ")  \(entry.entry)\(user)\(seen)\(source)"
    }
    lines.append(summary)
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    let list = "in \(database.name) (\(counted(database.items, "item")))"
    let found =
      total == 1 && complete
      ? "the password is \(leaked == 1 ? "" : "not ")\(list)"
      : "\(grouped(leaked)) of \(counted(checked, "password")) \(leaked == 1 ? "is" : "are") \(list)"
    return complete ? found : "\(found); \(grouped(total - checked)) of \(grouped(total)) not checked"
  }
}
#endif
