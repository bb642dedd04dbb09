#if Services
import ArgumentParser
import EncryptedSum
import Foundation
import Reports
import Studies
import SumClient

struct SumVerifyReceipt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-receipt",
    abstract: "Check what the study's provider signed for, and after the release that it counts.",
    discussion: """
      Without --server the signatures alone are checked, of all receipts in the file. With --server also that the manifest, \
      which the auditor countersigned, counts what you handed in last, and nothing that you replaced or withdrew. That works \
      with the receipts that 'submit' and 'withdraw' kept; those of 'hitoku sum receipts' are the server's word.

        hitoku sum verify-receipt study.json acme.receipt
        hitoku sum verify-receipt study.json acme.receipt --server HOST:7444 --peer certificate.pem --token-file acme.token
      """)
  @OptionGroup var file: SumStudyFile
  @Argument(help: "The file that 'hitoku sum submit' added receipts to.") var receipt: String
  @Option(help: "https://HOST[:PORT] or HOST:PORT.") var server: String?
  @Option(help: "The server's certificate.pem, or its authority's; default: what this system trusts.")
  var peer: String?
  @Option(help: "The folder of a key and certificate, for a server that asks clients for one.")
  var identity: String?
  @Option(help: "A file with the token that the provider made.") var tokenFile: String?

  func validate() throws {
    guard (server == nil) == (tokenFile == nil), server != nil || (peer ?? identity) == nil else {
      throw ValidationError("Give --server and --token-file, or neither.")
    }
  }

  func run() async throws {
    let study = try file.read()
    let receipts = try ReceiptFile.read(receipt)
    let checked: KeptReceipts
    do { checked = try KeptReceipts(receipts, of: study) } catch {
      throw CommandFailure("\(error)", hint: "Is it for this study?", code: .data)
    }
    for kept in receipts { print("valid: \(kept.line)") }
    guard let server, let tokenFile else { return }
    let options = try SumServerOptions.parse(
      ["--server", server, "--token-file", tokenFile] + (peer.map { ["--peer", $0] } ?? [])
        + (identity.map { ["--identity", $0] } ?? []))
    try await options.with { server in
      let manifest = try await SumSession(study, at: server).manifest()
      for outcome in try checked.check(in: manifest) {
        print(
          "\(outcome.contributor.escapedForTerminal): \(outcome.isCounted ? "counted in" : "not counted in") the sum of "
            + "\(manifest.manifest.contributions.count) that the auditor countersigned"
            + (outcome.isOwn ? "" : ", as far as the server's own list of receipts tells"))
      }
    }
  }
}

struct SumReceipts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipts", abstract: "List the server's receipts for your token's name.",
    discussion: """
      Every receipt's signature is checked. --receipt adds those to the file that it does not have.

        hitoku sum receipts study.json --receipt acme.receipt --server …
      """)
  @OptionGroup var file: SumStudyFile
  @Option(help: "The file to add them to.") var receipt: String?
  @Flag(help: "Print them as JSON, one in each line.") var json = false
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    let kept = try receipt.map { try ReceiptFile($0, option: "--receipt") }
    let receipts = try await connection.with { try await SumSession(study, at: $0).receipts() }
    try kept?.add(receipts)
    for receipt in receipts { do { try receipt.verify(study) } catch { throw CommandFailure(error) } }
    for receipt in receipts { print(json ? try receipt.json : receipt.line) }
    if receipts.isEmpty, !json { print("no receipts: nothing was handed in under this name") }
  }
}

/// All receipts of a contributor, one JSON object in each line: none is ever overwritten.
struct ReceiptFile {
  private let path: String
  private let earlier: [KeptReceipt]
  private static let largestByteCount = 4 << 20

  /// Reads what is there. Throws where the file cannot be written, or is none of receipts.
  init(_ path: String, option: String) throws {
    self.path = path
    try checkWritable(path, option: option)
    let isThere = path != "-" && FileManager.default.fileExists(atPath: path)
    earlier = isThere ? try Self.read(path) : []
  }

  /// Writes the file with those that it does not have. Gives all.
  @discardableResult
  func add(_ receipts: [KeptReceipt]) throws -> [KeptReceipt] {
    let known = Set(earlier.map(\.receipt))
    let all = earlier + receipts.filter { !known.contains($0.receipt) }
    try writeWholeFile(path, try all.map { try $0.json + "\n" }.joined())
    return all
  }

  static func read(_ path: String) throws -> [KeptReceipt] {
    let bytes = try readWholeFile(path, limit: largestByteCount)
    return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
      guard let kept = try? JSONDecoder().decode(KeptReceipt.self, from: Data(line)) else {
        throw CommandFailure(
          "\(path) holds no receipts.", hint: "Give the file that --receipt named.", code: .data)
      }
      return kept
    }
  }
}

extension KeptReceipt {
  fileprivate var line: String {
    "\(contributor.escapedForTerminal), \(entry?.kind.rawValue ?? ""), entry \(entry?.sequence ?? 0) of the log, "
      + UTCTime.text(entry?.time ?? 0)
  }

  fileprivate var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

struct SumPublished: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "published", abstract: "Fetch a published result, and check who signed it.",
    discussion: """
      Prints the analyst's report as JSON, once its signature and those of provider and auditor on the manifest verify.

        hitoku sum published study.json --out report.json --server …
      """)
  @OptionGroup var file: SumStudyFile
  @Option(help: "Where to write it; - is standard output.") var out = "-"
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    if out != "-" { try checkWritable(out, option: "--out") }
    let result = try await connection.with { try await SumSession(study, at: $0).published() }
    try writeWholeFile(out, String(decoding: result, as: UTF8.self) + "\n")
  }
}
#endif
