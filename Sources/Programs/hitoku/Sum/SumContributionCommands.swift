#if Services
import ArgumentParser
import EncryptedSum
import Foundation
import Reports
import Studies
import SumClient

struct SumSubmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Add up your own rows, encrypt the sums, and hand them in.",
    discussion: """
      Rows out of the study's bounds are refused, with their line: nothing leaves this machine then. The receipt is the \
      server's signed word that it stored your contribution; keep it.
      """)
  @OptionGroup var file: SumStudyFile
  @Argument(help: "Your rows: CSV with the study's columns, gzip or not; - for standard input.") var table:
    String
  @Option(help: "The name that your token is for.") var name: String
  @Option(help: "Where to keep the receipt.") var receipt: String
  @Flag(help: "In the place of what you handed in before.") var replace = false
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    try checkWritable(receipt, option: "--receipt")
    let rows: [SumRow]
    let reader = try openTable(table)
    do throws(StudyTableError) { rows = try SumTable(reader, study: study).rows } catch {
      throw CommandFailure(contributing: error)
    }
    let vector = try explained { try SumLayout(study).vector(of: rows, study: study) }
    let kept = try await connection.with {
      try await SumSession(study, at: $0).contribute(vector, as: name, replaces: replace)
    }
    try kept.write(to: receipt)
    print("contributed \(counted(rows.count, "row")); entry \(kept.entry?.sequence ?? 0) of the log")
  }
}

struct SumWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take your contribution back, before the study closes.")
  @OptionGroup var file: SumStudyFile
  @Option(help: "The name that your token is for.") var name: String
  @Option(help: "Where to keep the receipt.") var receipt: String
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    try checkWritable(receipt, option: "--receipt")
    let kept = try await connection.with { try await SumSession(study, at: $0).withdraw(name) }
    try kept.write(to: receipt)
    print("withdrawn; entry \(kept.entry?.sequence ?? 0) of the log")
  }
}

struct SumVerifyReceipt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-receipt",
    abstract: "Check that the study's provider signed for your contribution. Needs no server.")
  @OptionGroup var file: SumStudyFile
  @Argument(help: "The file that 'hitoku sum submit' wrote.") var receipt: String

  func run() throws {
    let study = try file.read()
    let bytes = try readWholeFile(receipt, limit: 1 << 16)
    guard let kept = try? JSONDecoder().decode(KeptReceipt.self, from: Data(bytes)) else {
      throw CommandFailure(
        "\(receipt) is no receipt.", hint: "Give the file that --receipt wrote.", code: .data)
    }
    do { try kept.verify(study) } catch {
      throw CommandFailure("\(error)", hint: "Is it for this study?", code: .data)
    }
    let entry = kept.entry
    print(
      "valid: \(kept.contributor.escapedForTerminal), \(entry?.kind.rawValue ?? ""), entry \(entry?.sequence ?? 0) of the log, "
        + UTCTime.text(entry?.time ?? 0))
  }
}

extension KeptReceipt {
  fileprivate func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try writeWholeFile(path, String(decoding: try encoder.encode(self), as: UTF8.self) + "\n")
  }
}
#endif
