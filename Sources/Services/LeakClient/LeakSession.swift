#if Services
import Foundation
import Identities
import LabeledLookup
import LeakCheck
import ObliviousPRF
import ParameterFiles
import ServiceContracts

/// One thing to ask for.
public struct LeakQuestion: Sendable, Hashable {
  /// The entry: as secret as its password.
  public let entry: LeakEntry
  /// The user whose bucket is asked; nil for lists of passwords.
  public let user: UserName?

  /// A password by its entry.
  public init(_ entry: LeakEntry) { (self.entry, user) = (entry, nil) }

  /// A user with a password.
  public init(_ user: UserName, _ entry: LeakEntry) { (self.entry, self.user) = (entry, user) }
}

/// What a list says of one question.
public enum LeakAnswer: Sendable, Equatable {
  /// Not in the list.
  case absent
  /// In the list; with count and source where its tables have labels.
  case present(LeakLabel?)
}

/// A checked connection to one version of a server's database.
///
///     GET  database                 version, sets, sizes; refused unless it is under the pinned key
///     GET  description              once for each table
///     POST evaluate                 blinded entries ─▶ evaluations with a proof, checked against the pinned key
///     POST lookup or batch lookup   encrypted query ─▶ encrypted answer
///
/// The server learns how many questions are asked, in which buckets, and when. What was answered is not asked a second
/// time; a request that was refused for now goes out again as it was. All questions are asked, whatever the answers are: a failure that only
/// decryption shows is reported at the end, and not to the server.
public struct LeakSession: Sendable {
  /// What the server says of its database.
  public let document: LeakDocument
  let key: PRFPublicKey
  let parameters: LookupParameters
  let batch: BatchParameters?
  let server: LeakServer

  /// Opens a session, hands it to `body` and closes it. Where the database is replaced before the first query went out, that
  /// happens a second time with the new one, if that has the same kind, buckets and tables for batches. `version`, where given, is the only one that is asked.
  public static func with<R: Sendable>(
    _ address: String, trust: LeakServerTrust, key: PRFPublicKey, version: String? = nil,
    token: String? = nil, identity: Identity? = nil,
    _ body: @Sendable (LeakSession) async throws(LeakClientError) -> R
  ) async throws(LeakClientError) -> R {
    try await connected(address, trust, token, identity) { server throws(LeakClientError) in
      let first = try await LeakSession(server, key, version)
      do throws(LeakClientError) { return try await body(first) } catch {
        guard case .refused(let problem, _) = error, problem.kind == .unknownVersion else { throw error }
        let second = try await LeakSession(server, key, version)
        guard second.document.kind == first.document.kind,
          second.document.buckets == first.document.buckets,
          (second.batch == nil) == (first.batch == nil)
        else { throw .otherShape }
        return try await body(second)
      }
    }
  }

  /// What a server says of its database, under whatever key it is. Nothing is asked.
  public static func document(
    of address: String, trust: LeakServerTrust, token: String? = nil, identity: Identity? = nil
  ) async throws(LeakClientError) -> LeakDocument {
    try await connected(address, trust, token, identity) { server throws(LeakClientError) in
      try await document(server)
    }
  }

  private static func connected<R: Sendable>(
    _ address: String, _ trust: LeakServerTrust, _ token: String?, _ identity: Identity?,
    _ body: @Sendable (LeakServer) async throws(LeakClientError) -> R
  ) async throws(LeakClientError) -> R {
    let server = try LeakServer(address, trust: trust, token: token, identity: identity)
    do throws(LeakClientError) {
      let result = try await body(server)
      await server.close()
      return result
    } catch {
      await server.close()
      throw error
    }
  }

  private static func document(_ server: LeakServer) async throws(LeakClientError) -> LeakDocument {
    let bytes: [UInt8]
    do { bytes = try await server.get(.database, as: "application/json", limit: 8 << 20) } catch {
      // Another daemon of this house.
      if case .refused(let problem, _) = error, problem.kind == .notFound { throw .otherService }
      throw error
    }
    guard let document = try? JSONDecoder().decode(LeakDocument.self, from: Data(bytes)),
      document.format == 1, (1...1_048_576).contains(document.buckets),
      document.buckets & (document.buckets - 1) == 0,
      document.kind == .credentials || document.buckets == 1, document.limits.requestsPerMinute > 0,
      document.limits.burst > 0,
      document.version.utf8.count == 32, document.version.utf8.allSatisfy(isDigit)
    else { throw .malformedAnswer }
    return document
  }

  private init(
    _ server: LeakServer, _ key: PRFPublicKey, _ version: String?
  ) async throws(LeakClientError) {
    let document = try await Self.document(server)
    guard document.publicKey == Self.digits(key.bytes) else { throw .otherKey }
    if let version, version != document.version { throw .otherVersion(document.version) }
    let set = document.lookup.parameterSet
    guard let parameters = try? ParameterFiles.lookup(named: set),
      Self.digits(parameters.digest) == document.lookup.parametersDigest
    else { throw .unknownParameters(set) }
    var batch: BatchParameters?
    if let offered = document.batch {
      guard let known = try? ParameterFiles.batch(named: offered.parameterSet),
        Self.digits(known.digest) == offered.parametersDigest
      else { throw .unknownParameters(offered.parameterSet) }
      batch = known
    }
    guard (1...Self.largestAnswer).contains(document.lookup.responseBytes),
      (1...Self.largestAnswer).contains(document.batch?.responseBytes ?? 1)
    else { throw .malformedAnswer }
    (self.server, self.key, self.document) = (server, key, document)
    (self.parameters, self.batch) = (parameters, batch)
  }

  private static let largestAnswer = 16 << 20

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }

  private static func digits(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
#endif
