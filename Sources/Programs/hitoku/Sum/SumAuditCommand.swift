#if Services
import ArgumentParser
import EncryptedSum
import Foundation
import Primitives
import Reports
import SumClient

struct SumAuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Give the auditor's seed; after the release, compute it again and countersign.",
    discussion: """
      Run it once after the study is closed, and once after the release. The first run fetches the log, and keeps the \
      commitment in it before it gives your seed. The second run fetches every contribution (which is encrypted: you have no \
      key) and checks who signed it, checks that the log goes on from what was kept, adds up, and compares the released \
      ciphertext byte for byte. It signs only if it is the same, and no other manifest of this study ever after: keep the folder.
      """)
  @OptionGroup var file: SumStudyFile
  @Option(help: "The folder of 'hitoku sum keys --auditor'.") var keys: String
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    let folder = SumKeyFolder(path: keys)
    let key = try folder.signingKey()
    guard key.publicKey == study.keys.auditor else {
      throw CommandFailure(
        "the study names another auditor.", hint: "Give the folder whose key the study names.", code: .data)
    }
    let seed = try folder.auditorSeed(for: hexadecimal(study.digest))
    let signing = AuditorKey(key)
    try await connection.with { server in
      let session = SumSession(study, at: server)
      let mark = try await mark(session, folder)
      let provider = try await session.giveSeed(seed, after: mark, signing: signing.key)
      guard ["released", "published"].contains(try await server.progress(of: session.digest).stage) else {
        print("seed given; run this again after 'hitoku sum release'")
        return
      }
      var line = ProgressLine("adding up", unit: "contributions")
      let (signed, findings) = try await session.audit(
        try await session.manifest(), seed: seed, providerSeed: provider, since: mark, signing: signing.key
      ) { line.update($0, of: $1) }
      line.finish()
      try folder.claim(countersigning: signed.manifest)
      try await session.countersign(signed)
      print(
        "countersigned: \(counted(findings.contributions, "contribution")) "
          + "\(findings.contributions == 1 ? "gives" : "give") the released bytes; the log's "
          + "\(counted(findings.entries, "entry", plural: "entries")) \(findings.entries == 1 ? "follows" : "follow") the study's rules"
      )
    }
  }

  /// What was seen of the closed log before the seed was given, kept in the folder.
  private func mark(_ session: SumSession, _ folder: SumKeyFolder) async throws -> SumLogMark {
    if let mark = try folder.mark(of: session.study) { return mark }
    let log = try await session.log()
    guard log.state.stage != .open else { throw SumClientError.sum(.refused(.beforeClosing)) }
    guard log.state.stage == .closed, !log.state.hasAuditorSeed else {
      throw SumClientError.sum(.refused(.auditorSeedGiven))
    }
    // A day for clocks that differ.
    guard let last = log.entries.last, last.time <= Int64(Date().timeIntervalSince1970) + 86_400 else {
      throw SumClientError.falseLog
    }
    try folder.keep(log.mark, of: session.study)
    return log.mark
  }
}

/// A key that closures can hold.
private final class AuditorKey: Sendable {
  let key: SigningKey
  init(_ key: consuming SigningKey) { self.key = key }
}
#endif
