#if Services
import ArgumentParser
import Foundation
import Identities
import LeakClient
import LeakDatabase
import Reports

/// Says what a database, a range file or a server is.
struct LeakInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Say what a database, a range file or a server's database is.",
    discussion: """
      Reads every byte of a database folder or range file and compares checksums. Of a server it shows what that says of itself, and asks \
      for nothing: compare its public key and its version with what its owner told you on another channel.

        hitoku leak info passwords-1
        hitoku leak info hashes.range
        hitoku leak info --server leaks.example:7443 --peer certificate.pem --json

      Exit codes: 0 done; 64 wrong usage; 65 damaged, or nothing of these; 69 the server, or the way to it; 76 an answer that no correct server gives.
      """)
  @Argument(help: "A database's folder, or a range file.") var path: String?
  @Option(help: "Instead: https://HOST[:PORT] or HOST:PORT.") var server: String?
  @Option(help: "The server's certificate.pem, or its authority's; default: what this system trusts.")
  var peer: String?
  @Option(help: "A file with the token that the server asks for.") var tokenFile: String?
  @Option(help: "The folder of a key and certificate, for a server that asks clients for one.")
  var identity: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (path == nil) != (server == nil) else { throw ValidationError("give a path or --server.") }
    guard server != nil || (peer == nil && tokenFile == nil && identity == nil) else {
      throw ValidationError("--peer and --token-file belong to --server.")
    }
  }

  func run() async throws {
    let report: Report
    do {
      if let path {
        report = try LeakInfo.report(of: path)
      } else {
        let document = try await LeakSession.document(
          of: server ?? "", trust: peer.map { .certificate(file: $0) } ?? .system,
          token: try tokenFile.map(readToken),
          identity: try identity.map { folder in try explained { try Identity(folder: folder) } })
        report = LeakInfo.report(of: document)
      }
    } catch let error as LeakDatabaseError {
      throw CommandFailure(error)
    } catch let error as LeakClientError { throw CommandFailure(error) }
    if json {
      print(report.json())
    } else {
      for line in report.text() { print(line) }
    }
  }
}
#endif
