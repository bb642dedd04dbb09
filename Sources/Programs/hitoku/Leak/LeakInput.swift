#if Services
import Foundation
import LeakCheck
import LeakClient
import LeakDatabase
import Reports
import Secrets
import Tables

/// One password to ask for, in wiped memory, with what people call it.
final class LeakInput: Sendable {
  /// What the output calls it: never the password.
  let name: String
  let user: String?
  let password: SecretBytes

  init(name: String, user: String?, password: consuming SecretBytes) {
    self.name = name
    self.user = user
    self.password = password
  }

  /// Whether it names a user that credentials can be asked for.
  var hasUser: Bool { user.map { (try? UserName($0)) != nil } ?? false }

  /// The question for a list of this kind: the slow hash of credentials is paid here.
  func question(_ kind: LeakListKind) throws -> LeakQuestion {
    do {
      switch kind {
      case .sha1: return LeakQuestion(LeakEntry(password: password))
      case .ntlm: return LeakQuestion(try LeakEntry(ntlmOf: password))
      case .credentials:
        let user = try UserName(user ?? "")
        return LeakQuestion(user, LeakEntry(user, password: password))
      }
    } catch LeakCheckError.unusableUserName {
      throw CommandFailure(
        "\(name) has no usable user name.", hint: "The list is one of credentials.", code: .data)
    } catch {
      throw CommandFailure("\(name) is no text in UTF-8.", hint: "Change its encoding.", code: .data)
    }
  }
}

/// Where passwords come from.
enum LeakInputs {
  /// Typed at the terminal, not shown, until an empty line.
  static func prompted(user: String?) throws -> [LeakInput] {
    guard let terminal = try SilentTerminal() else {
      throw CommandFailure(
        "standard input is no terminal.", hint: "Give --stdin to read passwords from it, one on each line.",
        code: .data)
    }
    defer { _ = terminal }
    var lines = SecretLines()
    var inputs: [LeakInput] = []
    while true {
      ask("Password \(inputs.count + 1) (empty: no more): ")
      let line = try lines.next()
      ask("\n")
      guard let line, line.count > 0 else { return inputs }
      inputs.append(LeakInput(name: "password \(inputs.count + 1)", user: user, password: line))
    }
  }

  private static func ask(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// Lines of standard input; with `credentials`, each begins with a user name and a colon. Empty lines are passed over.
  /// At a terminal, what is typed is not shown.
  static func piped(user: String?, credentials: Bool) throws -> [LeakInput] {
    let terminal = try SilentTerminal()
    defer { _ = terminal }
    var lines = SecretLines()
    var inputs: [LeakInput] = []
    while let line = try lines.next() {
      guard line.count > 0 else { continue }
      let name = "line \(lines.number)"
      if credentials {
        guard let (user, colon) = line.beforeColon(), line.count > colon + 1 else {
          throw CommandFailure(
            "\(name) is no user:password.", hint: "Or leave --credentials away.", code: .data)
        }
        inputs.append(LeakInput(name: name, user: user, password: line.suffix(from: colon + 1)))
      } else {
        inputs.append(LeakInput(name: name, user: user, password: line))
      }
    }
    return inputs
  }

  /// The entries of a password manager's CSV export that have a password. The CSV reader's own buffers are not wiped.
  static func exported(_ path: String) throws -> [LeakInput] {
    var reader = try openTable(path)
    let columns: PasswordExport
    do { columns = try PasswordExport(header: reader.header.names) } catch {
      throw CommandFailure(
        "\(path) names no column of passwords, or two.",
        hint: "Export as CSV from Chrome, Edge, Firefox, Bitwarden or 1Password.", code: .data)
    }
    var record = CSVRecord()
    var inputs: [LeakInput] = []
    while try explained({ try reader.next(&record) }) {
      let bytes = record[columns.password]
      guard !bytes.isEmpty else { continue }
      let password = SecretBytes(copying: bytes)
      let title = columns.name.map { record.text($0).escapedForTerminal } ?? ""
      let user = columns.user.map { record.text($0) }
      inputs.append(
        LeakInput(name: title.isEmpty ? "line \(record.line)" : title, user: user, password: password))
    }
    return inputs
  }
}
#endif
