#if Services
import ArgumentParser
import EncryptedSum
import Primitives
import Reports
import SumClient

struct SumAuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Give the auditor's seed; after the release, compute it again and countersign.",
    discussion: """
      Run it once after the study is closed, and once after the release. The second run fetches every contribution (which is \
      encrypted: you have no key), checks the log's chain, adds up, and compares the released ciphertext byte for byte. \
      It signs only if it is the same.
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
      let provider = try await session.giveSeed(seed)
      guard ["released", "published"].contains(try await server.progress(of: session.digest).stage) else {
        print("seed given; run this again after 'hitoku sum release'")
        return
      }
      var line = ProgressLine("adding up", unit: "contributions")
      let findings = try await session.audit(seed, providerSeed: provider, signing: signing.key) {
        line.update($0, of: $1)
      }
      line.finish()
      print(
        "countersigned: \(counted(findings.contributions, "contribution")) "
          + "\(findings.contributions == 1 ? "gives" : "give") the released bytes; the log's "
          + "\(counted(findings.entries, "entry", plural: "entries")) \(findings.entries == 1 ? "is" : "are") one chain"
      )
    }
  }
}

/// A key that closures can hold.
private final class AuditorKey: Sendable {
  let key: SigningKey
  init(_ key: consuming SigningKey) { self.key = key }
}
#endif
