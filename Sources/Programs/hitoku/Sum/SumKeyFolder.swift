#if Services
import ArgumentParser
import BFV
import EncryptedSum
import Foundation
import Identities
import Paillier
import ParameterFiles
import Primitives
import Secrets
import SumClient

/// A folder with the keys of an analyst, an auditor or a contributor, files of mode 0600 in a folder of mode 0700, and what its owner must
/// never forget: what it signed or decrypted.
struct SumKeyFolder {
  let path: String

  private var signing: String { path + "/signing.key" }
  private var bfv: String { path + "/decryption.key" }
  /// python-paillier's file.
  var paillier: String { path + "/paillier.json" }
  private var encryption: String { path + "/encryption.key" }
  private var seed: String { path + "/seed-" }

  func signingKey() throws -> SigningKey {
    let bytes = try explained { try readKeyFile(signing) }
    guard let key = SigningKey(seed: bytes) else {
      throw CommandFailure("\(signing) holds no key.", hint: "'hitoku sum keys' makes one.", code: .data)
    }
    return key
  }

  func encryptionKey() throws -> [UInt8] { try readWholeFile(encryption, limit: 8 << 20) }

  func secretKey(_ set: String) throws -> SecretKey {
    let bytes = try explained { try readKeyFile(bfv) }
    guard bytes.count == 32, let parameters = try? ParameterFiles.parameters(named: set) else {
      throw CommandFailure(SumClientError.sum(.wrongDecryptionKey))
    }
    return SecretKey(parameters, seed: bytes)
  }

  /// Makes the folder with a signing key and gives its public part.
  func make() throws -> SigningPublicKey {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandFailure(
        "cannot make the folder \(path).", hint: "Keys are never overwritten: give another name.",
        code: .cannotCreate)
    }
    let key = SigningKey()
    try withTransientArray(of: key.exportSeed()) { try createFile(signing, mode: 0o600, contents: $0) }
    return key.publicKey
  }

  func makeBFV(_ set: String) throws -> [UInt8] {
    guard set.hasPrefix("sum-"), let parameters = try? ParameterFiles.parameters(named: set) else {
      throw CommandFailure(SumClientError.unknownParameters(set))
    }
    let key = SecretKey(parameters)
    try withTransientArray(of: key.exportSeed()) { try createFile(bfv, mode: 0o600, contents: $0) }
    return try write(key.makePublicKey().encoded())
  }

  func makePaillier(_ size: KeySize) throws -> [UInt8] {
    let key = PrivateKey.generate(size)
    try PaillierFileSystem.write(key, comment: "hitoku sum", to: paillier)
    return try write(key.publicKey.encoded())
  }

  private func write(_ key: [UInt8]) throws -> [UInt8] {
    try createFile(encryption, mode: 0o644, contents: key)
    return SumPlan.fingerprint(key)
  }

  /// The auditor's seed for a study: drawn once, kept before it is given, so that an audit can be taken up again.
  func auditorSeed(for digest: String) throws -> [UInt8] {
    if !FileManager.default.fileExists(atPath: seed + digest) {
      try createFile(seed + digest, mode: 0o600, contents: SystemRandom.bytes(count: SumSeeds.byteCount))
    }
    let bytes = try readWholeFile(seed + digest, limit: SumSeeds.byteCount)
    guard bytes.count == SumSeeds.byteCount else {
      throw CommandFailure("\(seed + digest) is damaged.", hint: "Restore it from a backup.", code: .data)
    }
    return bytes
  }
}

// What is kept before something irrevocable is done, so that it is not done again for something else.
extension SumKeyFolder {
  /// The analyst's key decrypts the sums of one study: throws for a second one. Whether it was not this study's before.
  @discardableResult
  func claim(study: SumStudy) throws -> Bool {
    try keep(
      study.digest, as: studyFile,
      otherwise: CommandFailure(
        "the keys in \(path) are another study's.",
        hint: "A key decrypts one study's sums: make a new folder with 'hitoku sum keys'.", code: .data))
  }

  /// Takes a claim back: no server has the study.
  func disclaimStudy() { try? FileManager.default.removeItem(atPath: studyFile) }

  private var studyFile: String { path + "/study" }

  /// The key decrypts one release: throws for another manifest.
  func claim(decrypting manifest: SumManifest) throws {
    try keep(manifest.digest, as: path + "/decrypted", otherwise: otherManifest("decrypted"))
  }

  /// The auditor signs one manifest of a study: throws for another.
  func claim(countersigning manifest: SumManifest) throws {
    try keep(
      manifest.digest, as: path + "/manifest-" + hexadecimal(manifest.study),
      otherwise: otherManifest("countersigned"))
  }

  private func otherManifest(_ done: String) -> CommandFailure {
    CommandFailure(
      "the server shows another manifest than the one that was \(done) with the keys in \(path).",
      hint: "A sum is released once. Do not go on, and ask who runs the server.", code: .unavailable)
  }

  /// What the auditor saw of the log before it gave its seed; nil before.
  func mark(of study: SumStudy) throws -> SumLogMark? {
    guard let bytes = try kept(markFile(study)) else { return nil }
    guard let mark = try? SumLogMark(decoding: bytes) else {
      throw CommandFailure(
        "\(markFile(study)) is damaged.", hint: "Restore it from a backup.", code: .data)
    }
    return mark
  }

  func keep(_ mark: SumLogMark, of study: SumStudy) throws {
    try keep(
      mark.encoded(), as: markFile(study),
      otherwise: CommandFailure(
        "the log is not the one that was seen before.", hint: "Ask who runs the server.", code: .unavailable))
  }

  private func markFile(_ study: SumStudy) -> String { path + "/log-" + hexadecimal(study.digest) }

  /// Creates the file, on the disk when this returns; gives false, and does nothing, where it has these bytes.
  @discardableResult
  private func keep(_ bytes: [UInt8], as file: String, otherwise failure: CommandFailure) throws -> Bool {
    if let old = try kept(file) {
      guard old == bytes else { throw failure }
      return false
    }
    do throws(IdentityError) { try createFile(file, mode: 0o600, contents: bytes) } catch {
      // Somebody else was faster, with these bytes or others.
      guard case .alreadyExists = error else { throw CommandFailure(error) }
      guard try kept(file) == bytes else { throw failure }
      return false
    }
    return true
  }

  /// A file's bytes: files appear whole.
  private func kept(_ file: String) throws -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    return try readWholeFile(file, limit: 1 << 10)
  }
}

struct SumKeys: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make the keys of an analyst, an auditor or a contributor.",
    discussion: """
      Prints the signing key's public part, which studies name, and the fingerprint of the analyst's encryption key. Who \
      has an analyst's folder can decrypt what is released: back it up, and keep it from the server. An analyst makes a \
      folder for every study; auditors and contributors keep theirs.

        hitoku sum keys wages-keys --parameter-set sum-n8192
        hitoku sum keys auditor-keys --auditor
        hitoku sum keys acme-keys --contributor
      """)
  @Argument(help: "The folder to make.") var folder: String
  @Flag(help: "An auditor's: a signing key alone.") var auditor = false
  @Flag(help: "A contributor's: a signing key alone, which the analyst's draft lists beside the name.")
  var contributor = false
  @Option(help: "The parameter set: sum-n4096 or sum-n8192.") var parameterSet = "sum-n4096"
  @Option(help: "A Paillier key of so many bits instead: 2048, 3072 or 4096.") var paillier: Int?

  func validate() throws {
    guard !(auditor && contributor) else {
      throw ValidationError("An auditor is no contributor of the studies that it audits: give one of both.")
    }
    let sets = ParameterFiles.names.filter { $0.hasPrefix("sum-") }
    guard sets.contains(parameterSet) else {
      throw ValidationError("\(parameterSet) is no set for sums: give \(sets.joined(separator: " or ")).")
    }
    guard paillier.map({ KeySize(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("a key has 2048, 3072 or 4096 bits.")
    }
  }

  func run() throws {
    let keys = SumKeyFolder(path: folder)
    let signing = try explained { try keys.make() }
    print("signing key \(hexadecimal(signing.bytes))")
    guard !auditor, !contributor else { return }
    let fingerprint = try explained {
      if let size = paillier.flatMap({ KeySize(rawValue: $0) }) { return try keys.makePaillier(size) }
      return try keys.makeBFV(parameterSet)
    }
    print("encryption key \(hexadecimal(fingerprint))")
  }
}
#endif
