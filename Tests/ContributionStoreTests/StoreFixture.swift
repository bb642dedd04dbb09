#if Services
import BFV
import ContributionStore
import EncryptedSum
import Foundation
import GRDB
import ParameterFiles
import Primitives
import Secrets
import Synchronization

/// Where a test's store is kept. PostgreSQL is tested where `HITOKU_TEST_POSTGRES` is a connection string of an owner of a
/// database; `psql` makes and drops a schema for each store.
enum Backend: String, CaseIterable {
  case sqlite
  case postgres

  static let server = ProcessInfo.processInfo.environment["HITOKU_TEST_POSTGRES"]
  static var available: [Backend] { server == nil ? [.sqlite] : allCases }
}

/// A folder with a store, and the parties of one study, the same in every process that is given the folder.
final class StoreFixture {
  let folder: URL
  let plan: SumPlan
  let analyst = StoreFixture.key(1)
  let provider = StoreFixture.key(2)
  let auditor = StoreFixture.key(3)
  let secret: SecretKey
  private let isOwner: Bool
  let backend: Backend

  static let opening: Int64 = 1_000
  static let closing: Int64 = 2_000

  /// A new folder.
  convenience init(_ backend: Backend = .sqlite) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hitoku-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let key = try Self.secretKey().makePublicKey().encoded()
    try Data(key).write(to: folder.appending(path: "key"))
    self.init(folder, backend, isOwner: true, plan: try Self.plan(key), secret: try Self.secretKey())
    if backend == .postgres { try psql("CREATE SCHEMA \(schema)", inSchema: false) }
  }

  /// A folder that another process made.
  convenience init(folder path: String, _ backend: Backend) throws {
    let folder = URL(filePath: path)
    let plan = try Self.plan([UInt8](try Data(contentsOf: folder.appending(path: "key"))))
    self.init(folder, backend, isOwner: false, plan: plan, secret: try Self.secretKey())
  }

  private init(_ folder: URL, _ backend: Backend, isOwner: Bool, plan: SumPlan, secret: consuming SecretKey) {
    self.folder = folder
    self.isOwner = isOwner
    self.backend = backend
    self.plan = plan
    self.secret = secret
  }

  deinit {
    guard isOwner else { return }
    if backend == .postgres { try? psql("DROP SCHEMA \(schema) CASCADE", inSchema: false) }
    try? FileManager.default.removeItem(at: folder)
  }

  /// The schema that this store's tables are in.
  private var schema: String { "s" + folder.lastPathComponent.filter(\.isHexDigit).lowercased() }

  private var connection: String { "\(Backend.server ?? "") options='-c search_path=\(schema)'" }

  /// Carries statements out past the store. Throws where the database refuses them.
  func sql(_ text: String) throws {
    if backend == .postgres { return try psql(text, inSchema: true) }
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    try queue.write { db in try db.execute(sql: text) }
  }

  /// Lets the log be changed.
  func dropLogTrigger() throws {
    try sql("DROP TRIGGER entry_is_never_changed" + (backend == .postgres ? " ON entry" : ""))
  }

  private func psql(_ text: String, inSchema: Bool) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", inSchema ? connection : Backend.server ?? "", "-c", text,
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }

  var path: String { folder.appending(path: "store").path() }

  func open(_ clock: TestClock = TestClock()) throws -> ContributionStore {
    switch backend {
    case .sqlite: try ContributionStore(path: path) { clock.now }
    case .postgres: try ContributionStore(postgres: connection) { clock.now }
    }
  }

  func create(in store: ContributionStore) throws -> StudyHandle {
    try store.create(
      NewStudy(
        study: plan.study, source: Array("{}".utf8), signature: plan.study.signature(by: analyst),
        encryptionKey: plan.encodedKey))
  }

  /// A contribution of one row with this wage.
  func contribution(_ wage: Int, by name: String) throws -> CheckedContribution {
    let vector = try plan.layout.vector(of: [SumRow(values: [wage])], study: plan.study)
    return try plan.checked(try plan.encrypt(vector), by: name)
  }

  static func secret(_ byte: UInt8) -> SecretBytes {
    unsafe SecretBytes(count: 32) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = byte &+ UInt8(index) }
    }
  }

  private static func key(_ byte: UInt8) -> SigningKey { SigningKey(seed: secret(byte)) ?? SigningKey() }

  private static func secretKey() throws -> SecretKey {
    SecretKey(try ParameterFiles.parameters(named: "sum-n4096"), seed: secret(4))
  }

  private static func plan(_ encodedKey: [UInt8]) throws -> SumPlan {
    let study = try SumStudy(
      title: "Wages", scheme: .bfv(parameterSet: "sum-n4096"),
      fields: [SumField(column: "wage", minimum: 0, maximum: 1_000)],
      limits: SumLimits(minimumContributors: 2, maximumContributors: 5_000, maximumRows: 1),
      period: SumPeriod(opening: opening, closing: closing),
      keys: SumKeys(
        analyst: key(1).publicKey, provider: key(2).publicKey, auditor: key(3).publicKey,
        encryptionKey: SumPlan.fingerprint(encodedKey)))
    return try SumPlan(
      study, encodedKey: encodedKey, parameters: try ParameterFiles.parameters(named: "sum-n4096"))
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let time = Mutex(StoreFixture.opening)

  var now: Int64 {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }
}

extension StoreFixture {
  /// Closes, releases, audits, countersigns and decrypts.
  func result(_ store: ContributionStore, _ study: StudyHandle) throws -> SumTotals {
    try store.close(study)
    let seed = [UInt8](repeating: 7, count: 32)
    try giveSeed(seed, to: study, in: store)
    let record = try store.release(study, plan: plan, signing: provider)
    guard let manifest = record.manifest, let released = record.released else { throw SumError.malformed }
    let providerSeed = try store.providerSeed(of: study)
    var audit = try SumAudit(
      plan, manifest: manifest,
      seeds: SumSeeds(provider: Self.bytes(providerSeed), auditor: Self.bytes(seed)))
    try audit.check(try SumLog(try store.log(of: study, limit: .max), of: study.study))
    try store.forEachContribution(of: study) {
      try audit.add($0.body, by: $0.contributor, signature: $0.signature)
    }
    let signed = try (consume audit).countersigned(by: auditor)
    try store.countersign(signed.auditorSignature ?? [], study)
    guard let countersigned = try store.record(of: study.digest).manifest else { throw SumError.malformed }
    return try plan.result(of: released, manifest: countersigned, key: secret)
  }

  /// The auditor's seed, signed for the log as it stands.
  func giveSeed(_ seed: [UInt8], to study: StudyHandle, in store: ContributionStore) throws {
    let head = try store.log(of: study, limit: .max).last?.hash ?? []
    try store.giveAuditorSeed(
      seed, signature: plan.study.signature(onSeed: seed, after: head, by: auditor), to: study)
  }

  static func bytes(_ bytes: [UInt8]) -> SecretBytes {
    unsafe SecretBytes(count: bytes.count) { (buffer: UnsafeMutableBufferPointer<UInt8>) in
      for index in buffer.indices { unsafe buffer[index] = bytes[index] }
    }
  }
}
#endif
