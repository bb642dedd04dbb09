#if Services
import Foundation
import Identities
import Transport

/// Three organisations with identities: the two of a run, and a stranger.
struct Organisations: Sendable {
  let listener: Identity
  let joiner: Identity
  let stranger: Identity

  static let shared = Result { try Organisations() }

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("transport-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    listener = try Identity.create(folder: folder.path + "/listener", name: "listener")
    joiner = try Identity.create(folder: folder.path + "/joiner", name: "joiner")
    stranger = try Identity.create(folder: folder.path + "/stranger", name: "stranger")
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
func quickConfiguration(resumeLimit: Duration = .seconds(1)) -> TransportConfiguration {
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
