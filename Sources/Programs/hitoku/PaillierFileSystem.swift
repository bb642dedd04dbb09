#if Services
import Foundation
import Identities
import Paillier
import PaillierFiles
import Secrets

/// Files of keys and of encrypted numbers.
enum PaillierFileSystem {
  /// Two hundred thousand lines of ciphertexts under keys of 2048 bits, as many of numbers as any file of them has lines.
  private static let maximumByteCount = 1 << 28

  static func publicKey(_ path: String) throws -> PublicKey {
    let text = try keyText(path)
    return try namingKey(path) { () throws(PaillierFilesError) in try KeyFile.publicKey(text) }
  }

  static func isPrivate(_ path: String) throws -> Bool {
    let text = try keyText(path)
    return try namingKey(path) { () throws(PaillierFilesError) in try KeyFile.isPrivate(text) }
  }

  /// A private key, from a file that nobody else may read.
  static func privateKey(_ path: String) throws -> PrivateKey {
    // Of a public key's file it does not matter who may read it.
    guard try isPrivate(path) else {
      throw CommandFailure(
        "\(path) is a public key.", hint: "Give the private key's file, which keygen made first.", code: .data
      )
    }
    let text: SecretBytes
    do throws(IdentityError) { text = try readKeyFile(path) } catch { throw CommandFailure(error) }
    do throws(PaillierFilesError) { return try KeyFile.privateKey(text) } catch {
      throw CommandFailure(key: error, path)
    }
  }

  private static func keyText(_ path: String) throws -> SecretBytes {
    do throws(IdentityError) { return try readUnjudgedFile(path) } catch { throw CommandFailure(error) }
  }

  static func write(_ key: borrowing PrivateKey, comment: String, to path: String) throws {
    try create(path, mode: 0o600, KeyFile.text(of: key, comment: comment))
  }

  static func write(_ key: PublicKey, comment: String, to path: String) throws {
    try create(path, mode: 0o644, KeyFile.text(of: key, comment: comment))
  }

  private static func create(_ path: String, mode: mode_t, _ text: borrowing SecretBytes) throws {
    try withTransientArray(of: text) { try create(path, mode: mode, $0) }
  }

  private static func create(_ path: String, mode: mode_t, _ contents: [UInt8]) throws {
    do { try createFile(path, mode: mode, contents: contents) } catch IdentityError.alreadyExists {
      throw CommandFailure(
        "\(path) exists already.", hint: "Keys and proofs are never overwritten: give another name.",
        code: .cannotCreate
      )
    } catch { throw CommandFailure("\(error)", hint: "Check the folder.", code: .cannotCreate) }
  }

  /// What proofs of keys are made for: they are about a key, whoever encrypts under it and for what. Key and parameters are hashed too.
  private static let proofContext = Array("hitoku paillier".utf8)

  static func write(_ parameters: AuxiliaryParameters, to path: String) throws {
    try create(path, mode: 0o644, parameters.encoded())
  }

  /// Fresh parameters on a modulus of this size, whose factors are forgotten.
  static func makeParameters(_ size: KeySize) throws -> AuxiliaryParameters {
    try refusing { try AuxiliaryParameters(making: PrivateKey.generate(size), context: proofContext) }
  }

  /// Proves a key under the parameters of a file.
  static func writeProof(_ key: borrowing PrivateKey, parameters path: String, to output: String) throws {
    try create(output, mode: 0o644, proof(key, parameters: path))
  }

  /// The bytes of that proof.
  static func proof(_ key: borrowing PrivateKey, parameters path: String) throws -> [UInt8] {
    let auxiliary = try parameters(path), publicKey = key.publicKey
    guard auxiliary.key.bitWidth >= publicKey.bitWidth else {
      throw CommandFailure(
        "\(path) are parameters of \(auxiliary.key.bitWidth) bits, the key has \(publicKey.bitWidth).",
        hint: "Ask for parameters --bits as many as the key has, or more.", code: .data)
    }
    do throws(PaillierError) {
      return try KeyProof(proving: key, auxiliary: auxiliary, context: proofContext).encoded(for: publicKey)
    } catch {
      throw CommandFailure(
        "the key's primes are not Blum primes.", hint: "Only keys of hitoku paillier keygen can be proven.",
        code: .data)
    }
  }

  static func write(proof: [UInt8], to path: String) throws { try create(path, mode: 0o644, proof) }

  /// A public key with the proof of a file, checked under the parameters of another.
  static func provenKey(_ key: PublicKey, proof path: String, parameters: String) throws -> ProvenKey {
    let auxiliary = try self.parameters(parameters)
    let bytes = try readWholeFile(path, limit: maximumProofByteCount)
    do throws(PaillierError) {
      return try ProvenKey(
        verifying: key, proof: KeyProof(decoding: bytes, key: key), auxiliary: auxiliary,
        context: proofContext)
    } catch {
      throw CommandFailure(
        "\(path) does not prove this key under \(parameters): \(error).",
        hint: "Most likely it was made for other parameters than those of \(parameters), or for another key: "
          + "hitoku paillier prove takes the same --parameters.", code: .data)
    }
  }

  private static func parameters(_ path: String) throws -> AuxiliaryParameters {
    let bytes = try readWholeFile(path, limit: maximumProofByteCount)
    do throws(PaillierError) {
      return try AuxiliaryParameters(decoding: bytes, context: proofContext)
    } catch {
      throw CommandFailure(
        "\(path): \(error)", hint: "Is it a file of hitoku paillier parameters?", code: .data)
    }
  }

  private static let maximumProofByteCount = 1 << 20

  /// The numbers of a file at the lowest exponent of any line.
  static func encrypted(_ path: String, _ key: PublicKey) throws -> EncryptedNumbers {
    let text = try readWholeFile(path, limit: maximumByteCount)
    return try naming(path) { () throws(PaillierFilesError) in try CiphertextFile.numbers(text, key: key) }
  }

  /// The numbers of a file, each at its own exponent.
  static func decrypted(_ path: String, _ key: borrowing PrivateKey) throws -> [DecodedNumber] {
    let text = try readWholeFile(path, limit: maximumByteCount)
    do throws(PaillierFilesError) {
      return try CiphertextFile.lines(text, key: key.publicKey).decrypted(with: key)
    } catch { throw CommandFailure(numbers: error, path) }
  }

  static func write(_ numbers: EncryptedNumbers, to path: String?) throws {
    try writeWholeFile(path ?? "-", String(decoding: CiphertextFile.text(of: numbers), as: UTF8.self))
  }

  static func writeLines(_ lines: [String], to path: String?) throws {
    try writeWholeFile(path ?? "-", lines.joined(separator: "\n") + "\n")
  }

  /// The lines of a text file, or of standard input for -, each with where it stands; the last may end with a newline.
  static func lines(_ path: String) throws -> [PaillierNumbers.Text] {
    let bytes =
      path == "-"
      ? Array(FileHandle.standardInput.readDataToEndOfFile())
      : try readWholeFile(path, limit: maximumByteCount)
    let name = path == "-" ? "standard input" : path
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.enumerated().map { index, line in
      .init(place: "\(name), line \(index + 1)", text: line.trimmingCharacters(in: .whitespaces))
    }
  }

  private static func namingKey<R>(_ path: String, _ body: () throws(PaillierFilesError) -> R) throws -> R {
    do throws(PaillierFilesError) { return try body() } catch { throw CommandFailure(key: error, path) }
  }

  private static func naming<R>(_ path: String, _ body: () throws(PaillierFilesError) -> R) throws -> R {
    do throws(PaillierFilesError) { return try body() } catch { throw CommandFailure(numbers: error, path) }
  }
}
#endif
