#if Services
import Foundation
import Identities
import Transport

/// Organisations with identities: the two of a run, a stranger, and one whose certificate has expired.
struct Organisations: Sendable {
  let listener: Identity
  let joiner: Identity
  let stranger: Identity
  /// What a peer of our own making presents, by name.
  let credentials: [String: RawPeer.Credentials]
  let expiredPin: Fingerprint

  static let shared = Result { try Organisations() }

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("transport-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    listener = try Identity.create(folder: folder + "/listener", name: "listener")
    joiner = try Identity.create(folder: folder + "/joiner", name: "joiner")
    stranger = try Identity.create(folder: folder + "/stranger", name: "stranger")
    // Its files are written, though they are refused when they are read back.
    let longAgo = Date(timeIntervalSince1970: 1_000_000_000)
    _ = try? Identity.create(folder: folder + "/expired", name: "expired", validDays: 1, at: longAgo)
    expiredPin = try Fingerprint(certificateFileOrDigits: folder + "/expired/certificate.pem")
    let names = ["listener", "joiner", "stranger", "expired"]
    credentials = try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try RawPeer.Credentials(folder: folder + "/" + $0)) })
  }
}

let study = [UInt8](repeating: 7, count: 32)

/// Two ends of one run over loopback; through a proxy where `port` says so.
struct Pair {
  let listener: Listener
  let serving: Connection
  let joining: Connection

  /// `through` gives the port to connect to, from the port that is listened on.
  init(
    _ configuration: TransportConfiguration = .init(), through proxy: (Int) async throws -> Int = { $0 }
  ) async throws {
    let organisations = try Organisations.shared.get()
    let listener = try await Listener.listen(
      host: "127.0.0.1", port: 0, identity: organisations.listener, peer: organisations.joiner.fingerprint,
      studyDigest: study, configuration: configuration)
    let port = try await proxy(listener.port)
    async let serving = listener.accept()
    joining = try await Connection.connect(
      host: "127.0.0.1", port: port, identity: organisations.joiner, peer: organisations.listener.fingerprint,
      studyDigest: study, configuration: configuration)
    self.serving = try await serving
    self.listener = listener
  }

  /// Closes both ends.
  func close() async throws {
    async let other: Void = serving.close()
    try await joining.close()
    try await other
  }
}

/// Short times, so that failures come fast.
func quickConfiguration(resumeLimit: Duration = .seconds(5)) -> TransportConfiguration {
  var configuration = TransportConfiguration()
  configuration.heartbeatInterval = .milliseconds(100)
  configuration.idleTimeout = .milliseconds(400)
  configuration.handshakeTimeout = .seconds(2)
  configuration.connectTimeout = .seconds(2)
  configuration.resumeLimit = resumeLimit
  return configuration
}

extension Connection {
  /// Sends all.
  func send(all messages: [Message]) async throws { for message in messages { try await send(message) } }

  /// Receives as many.
  func receive(count: Int) async throws -> [Message] {
    var messages: [Message] = []
    while messages.count < count, let message = try await receive(anyOfThree) { messages.append(message) }
    return messages
  }
}

/// The error that an asynchronous call throws.
func fault(of body: () async throws -> Void) async -> TransportError? {
  do { try await body() } catch { return error as? TransportError }
  return nil
}
#endif
