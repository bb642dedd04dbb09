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

/// A folder with the keys of an analyst or an auditor, files of mode 0600 in a folder of mode 0700.
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

struct SumKeys: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make the keys of an analyst, or with --auditor those of an auditor.",
    discussion: """
      Prints the signing key's public part, which studies name, and the fingerprint of the analyst's encryption key. Who \
      has an analyst's folder can decrypt what is released: back it up, and keep it from the server.
      """)
  @Argument(help: "The folder to make.") var folder: String
  @Flag(help: "A signing key alone.") var auditor = false
  @Option(help: "The parameter set: sum-n4096 or sum-n8192.") var parameterSet = "sum-n4096"
  @Option(help: "A Paillier key of so many bits instead: 2048, 3072 or 4096.") var paillier: Int?

  func validate() throws {
    guard paillier.map({ KeySize(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("a key has 2048, 3072 or 4096 bits.")
    }
  }

  func run() throws {
    let keys = SumKeyFolder(path: folder)
    let signing = try explained { try keys.make() }
    print("signing key \(hexadecimal(signing.bytes))")
    guard !auditor else { return }
    let fingerprint = try explained {
      if let size = paillier.flatMap({ KeySize(rawValue: $0) }) { return try keys.makePaillier(size) }
      return try keys.makeBFV(parameterSet)
    }
    print("encryption key \(hexadecimal(fingerprint))")
  }
}
#endif
