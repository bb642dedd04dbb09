#if Services
import ArgumentParser
import EncryptedSum
import Foundation
import ServiceClient
import ServiceContracts
import Studies
import SumClient

struct SumCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Put the keys into a draft, sign the study, and hand it in.",
    discussion: """
      The draft is a study file without "keys" (docs/sum.md). The study with its keys is written to --out and its digest is \
      printed: contributors must get both on another channel than the server's. A folder of keys is for one study.

      List the contributors in the draft, each with what its 'hitoku sum keys --contributor' printed: what comes in counts only \
      under their signatures then, and the server can add nothing of its own.
        "contributors": [{"name": "Acme Ltd", "key": "64 digits"}, …]
      """)
  @Argument(help: "The draft.") var draft: String
  @Option(help: "The folder of 'hitoku sum keys'.") var keys: String
  @Option(help: "What 'hitoku-sumd key' printed, on another channel.") var providerKey: String
  @Option(help: "What the auditor's 'hitoku sum keys --auditor' printed.") var auditorKey: String
  @Option(help: "The study file to write.") var out: String
  @OptionGroup var connection: SumServerOptions

  func validate() throws {
    for key in [providerKey, auditorKey] where SumSession.bytes(key.lowercased())?.count != 32 {
      throw ValidationError("\(key) is no key: give 64 hexadecimal digits.")
    }
  }

  func run() async throws {
    let folder = SumKeyFolder(path: keys)
    let signing = try folder.signingKey()
    let encryptionKey = try folder.encryptionKey()
    let study = try study(
      analyst: hexadecimal(signing.publicKey.bytes),
      encryption: hexadecimal(SumPlan.fingerprint(encryptionKey)))
    do { _ = try SumSession.plan(study, encodedKey: encryptionKey) } catch {
      guard case .sum(.wrongEncryptionKey) = error else { throw CommandFailure(error) }
      throw CommandFailure(
        "the keys in \(keys) are for another scheme or parameter set than the draft's.",
        hint: "Make others: 'hitoku sum keys FOLDER --parameter-set …' or '--paillier …'.", code: .data)
    }
    try checkWritable(out, option: "--out")
    guard study.period.closing > Int64(Date().timeIntervalSince1970) else {
      throw CommandFailure(
        "the study closed before it began: \(UTCTime.text(study.period.closing)) is past.",
        hint: "Give a later \"closing\" in the draft.", code: .data)
    }
    let isNew = try folder.claim(study: study)
    if case .invited = study.contributors {
      note(
        "the study lists no contributors: whoever runs the server could contribute too (see 'hitoku sum create --help')"
      )
    }
    let text = String(decoding: study.fileEncoding, as: UTF8.self)
    let document = NewSumStudyDocument(
      study: text, signature: hexadecimal(study.signature(by: signing)),
      encryptionKey: Data(encryptionKey).base64EncodedString())
    try await connection.with { server in
      do throws(ServiceClientError) { _ = try await server.create(document) } catch {
        if case .refused(let problem, _) = error {
          // The same study, handed in before an answer was lost.
          if problem.rule == "study-exists" { return }
          // Refused, it is nobody's study: a corrected draft may have the keys.
          if isNew { folder.disclaimStudy() }
        }
        // Nothing was sent either.
        switch error {
        case .malformedAddress, .unreadableCertificate, .untrusted, .certificateRefused,
          .unreachable(.refused), .unreachable(.unknownHost), .unreachable(.noRoute):
          if isNew { folder.disclaimStudy() }
        default: break
        }
        throw error
      }
    }
    try writeWholeFile(out, text)
    print(hexadecimal(study.digest))
  }

  /// The draft with the keys in front of its first member: its numbers stay digit for digit what they are.
  private func study(analyst: String, encryption: String) throws -> SumStudy {
    let text = String(decoding: try readWholeFile(draft, limit: 1 << 20), as: UTF8.self)
    guard !text.contains(#/"keys"\s*:/#) else {
      throw CommandFailure(
        "\(draft) has keys: it is a study, and no draft of one.", hint: "Take its member \"keys\" out.",
        code: .data)
    }
    guard let brace = text.firstIndex(of: "{") else {
      throw CommandFailure("\(draft) is no study.", hint: "A study file is a JSON object.", code: .data)
    }
    let members = """
      {"keys": {"analyst": "\(analyst)", "provider": "\(providerKey.lowercased())", \
      "auditor": "\(auditorKey.lowercased())", "encryption": "\(encryption)"},
      """
    return try explained { try SumStudy(decoding: Array((members + text[text.index(after: brace)...]).utf8)) }
  }
}

struct SumStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "status", abstract: "How far a study is.")
  @OptionGroup var file: SumStudyFile
  @OptionGroup var connection: SumServerOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let study = try file.read()
    let progress = try await connection.with { try await $0.progress(of: SumSession(study, at: $0).digest) }
    try progress.print(study.title, json: json)
  }
}

struct SumClose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Close a study: at its time, or earlier once the minimum is met.")
  @OptionGroup var file: SumStudyFile
  @OptionGroup var connection: SumServerOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let study = try file.read()
    let progress = try await connection.with { try await $0.closeStudy(SumSession(study, at: $0).digest) }
    try progress.print(study.title, json: json)
  }
}

struct SumReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Make the server release the aggregate, once, after the auditor's seed."
  )
  @OptionGroup var file: SumStudyFile
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    _ = try await connection.with { try await $0.release(SumSession(study, at: $0).digest) }
    print("released: the auditor runs 'hitoku sum audit', then you 'hitoku sum result'")
  }
}

extension SumProgressDocument {
  fileprivate func print(_ title: String, json: Bool) throws {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
      return
    }
    if stage == "open", closing <= Int64(Date().timeIntervalSince1970) {
      note("its time is over: no more contributions are taken, and 'hitoku sum close' comes next")
    }
    Swift.print(
      "\(title): \(stage.escapedForTerminal), \(contributors) of at least \(minimumContributors) contributors, until "
        + UTCTime.text(closing))
  }
}
#endif
