#if Services
import ArgumentParser
import EncryptedSum
import Foundation
import Identities
import Reports
import ServiceClient
import Studies
import SumClient
import Tables

/// The server and who asks it.
struct SumServerOptions: ParsableArguments {
  @Option(help: "https://HOST[:PORT] or HOST:PORT.") var server: String
  @Option(help: "The server's certificate.pem, or its authority's; default: what this system trusts.")
  var peer: String?
  @Option(help: "The folder of a key and certificate, for a server that asks clients for one.")
  var identity: String?
  @Option(help: "A file with the token that the provider made.") var tokenFile: String

  /// Runs `body` with a connection, and gives its errors hints and exit codes.
  func with<Value>(_ body: (SumServer) async throws -> Value) async throws -> Value {
    let token = String(decoding: try readWholeFile(tokenFile, limit: 4096), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let identity = try identity.map { folder in try explained { try Identity(folder: folder) } }
    do {
      let connection = try SumServer(
        server, trust: peer.map { .certificate(file: $0) } ?? .system, token: token, identity: identity,
        onWait: { note("the server asks to wait for \($0) s") })
      do {
        let value = try await body(connection)
        await connection.close()
        return value
      } catch {
        await connection.close()
        throw error
      }
    } catch let error as ServiceClientError {
      throw CommandFailure(SumClientError.server(error))
    } catch let error as SumClientError { throw CommandFailure(error) }
  }
}

/// The pinned study.
struct SumStudyFile: ParsableArguments {
  @Argument(help: "The study file that the analyst sent, on another channel than the server's.") var study:
    String
  @Option(help: "Refuse the file unless this is its digest.") var digest: String?

  func read() throws -> SumStudy {
    let study = try explained { try SumStudy(decoding: try readWholeFile(self.study, limit: 1 << 20)) }
    if let digest, digest.lowercased() != SumSession.digits(study.digest) {
      throw CommandFailure(
        "\(self.study) has the digest \(SumSession.digits(study.digest)).",
        hint: "It is another study than the one you were told of: contribute nothing.", code: .data)
    }
    return study
  }
}

extension CommandFailure {
  /// Of encrypted sums.
  init(_ error: SumClientError) {
    let code: Code =
      switch error {
      case .server(.malformedAddress), .server(.unreadableCertificate), .unknownParameters: .data
      case .server(.refused(let problem, _))
      where [.forbidden, .ruleForbids, .unauthorized].contains(problem.kind):
        .noPermission
      case .server: .unavailable
      case .sum(.tooManyRows), .sum(.rowOutOfRange), .sum(.vectorOutOfRange), .sum(.wrongDecryptionKey): .data
      case .sum(.refused(.beforeClosing)), .sum(.refused(.notListed)): .noPermission
      case .otherName: .data
      case .sum, .falseReceipt, .falseLog, .notCounted, .stillCounted: .unavailable
      }
    // Servers and studies of others wrote part of it.
    self.init("\(error)".escapedForTerminal, hint: error.hint, code: code)
  }

  /// Of a contributor's own table.
  init(contributing error: StudyTableError) {
    let problem =
      switch error {
      case .outOfRange(let line, let column): "line \(line): column \"\(column)\" is out of its bounds."
      case .invalidMeasure(let line, let column): "line \(line): column \"\(column)\" is no number."
      case .unknownCategory(let line, let column):
        "line \(line): column \"\(column)\" has a label that is not in the study."
      case .tooManyRows(let maximum): "the table has more than \(maximum) rows."
      default: "\(error)"
      }
    self.init(
      problem,
      hint: "Nothing was sent. Correct the table, or leave the row out, as you agreed with the analyst.",
      code: .data)
  }
}
#endif
