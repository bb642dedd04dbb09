#if Services
import ArgumentParser
import EncryptedSum
import Foundation
import Identities
import Primitives
import Reports
import Studies
import SumClient

struct SumSubmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Add up your own rows, encrypt the sums, and hand them in.",
    discussion: """
      Rows out of the study's bounds are refused, with their line: nothing leaves this machine then. The receipt is the \
      server's signed word that it stored your contribution; it is added to the file of receipts. A study that lists its \
      contributors takes what is signed with the key that it lists: give --keys.

        hitoku sum submit study.json rows.csv --name "Acme Ltd" --keys acme-keys --receipt acme.receipt --server …
      """)
  @OptionGroup var file: SumStudyFile
  @Argument(help: "Your rows: CSV with the study's columns, gzip or not; - for standard input.") var table:
    String
  @Option(help: "The name that your token is for.") var name: String
  @Option(help: "The folder of 'hitoku sum keys --contributor', where the study lists you.") var keys: String?
  @Option(help: "The file that the receipt is added to.") var receipt: String
  @Flag(help: "In the place of what you handed in before.") var replace = false
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    let signing = try contributorKey(study, name: name, keys: keys)
    let receipts = try ReceiptFile(receipt, option: "--receipt")
    let rows: [SumRow]
    let reader = try openTable(table)
    do throws(StudyTableError) { rows = try SumTable(reader, study: study).rows } catch {
      throw CommandFailure(contributing: error)
    }
    if rows.isEmpty { note("\(table) has no rows: it counts as a contributor all the same") }
    let vector = try explained { try SumLayout(study).vector(of: rows, study: study) }
    try await connection.with { server in
      let session = SumSession(study, at: server)
      let kept: KeptReceipt =
        if let signing {
          // A clock that stands still gives no new version: the server refuses the second one then.
          try await session.contribute(
            vector, as: name, version: Int(Date().timeIntervalSince1970 * 1_000), signing: signing.key,
            replaces: replace)
        } else { try await session.contribute(vector, as: name, replaces: replace) }
      try kept.check(try receipts.add([kept]), study, name: name)
      print("contributed \(counted(rows.count, "row")); entry \(kept.entry?.sequence ?? 0) of the log")
    }
  }
}

/// The contributor's key where the study lists it; nil where it lists nobody.
private func contributorKey(_ study: SumStudy, name: String, keys: String?) throws -> ContributorKey? {
  guard case .listed(let contributors) = study.contributors else { return nil }
  guard let listed = contributors.first(where: { $0.name == name }) else {
    throw CommandFailure(SumClientError.sum(.refused(.notListed)))
  }
  guard let keys else {
    throw CommandFailure(
      "the study lists its contributors with their keys.",
      hint: "Give --keys FOLDER, the one whose key the analyst was told.", code: .data)
  }
  let key = try SumKeyFolder(path: keys).signingKey()
  guard key.publicKey == listed.key else {
    throw CommandFailure(
      "the study lists another key for this name than the one in \(keys).",
      hint: "Give the folder whose key the analyst was told.", code: .data)
  }
  return ContributorKey(key)
}

/// A key that closures can hold.
private final class ContributorKey: Sendable {
  let key: SigningKey
  init(_ key: consuming SigningKey) { self.key = key }
}

struct SumWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take your contribution back, before the study closes.")
  @OptionGroup var file: SumStudyFile
  @Option(help: "The name that your token is for.") var name: String
  @Option(help: "The file that the receipt is added to.") var receipt: String
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    let receipts = try ReceiptFile(receipt, option: "--receipt")
    try await connection.with { server in
      let kept = try await SumSession(study, at: server).withdraw(name)
      try kept.check(try receipts.add([kept]), study, name: name)
      print("withdrawn; entry \(kept.entry?.sequence ?? 0) of the log")
    }
  }
}

extension KeptReceipt {
  /// Checks a receipt that is on the disk already, the last of `all`.
  fileprivate func check(_ all: [KeptReceipt], _ study: SumStudy, name: String) throws(SumClientError) {
    try verify(study)
    _ = try KeptReceipts(all.filter { $0.study == self.study }, of: study)
    guard contributor == name else { throw .otherName(contributor) }
  }
}
#endif
