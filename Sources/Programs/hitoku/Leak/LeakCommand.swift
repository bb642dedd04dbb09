#if Services
import ArgumentParser
import Foundation
import Identities
import LeakClient
import LeakDatabase
import ObliviousPRF
import Secrets

/// Private lookups of leaked passwords and credentials: databases, and questions to them.
struct LeakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leak",
    abstract: "Is this password in a leak? The server learns neither the password nor the answer.",
    discussion: """
      Who has the lists:
        hitoku leak key oprf.key
        hitoku leak build --key oprf.key --work work --out passwords-1 \\
          --name passwords-1 --set lookup-labels-expand --batch pwned.txt.gz
        hitoku leak add --key oprf.key --work work --out passwords-2 more.txt
        hitoku leak info passwords-2
        hitoku-leakd --help

      Who asks:
        hitoku leak check --server HOST:7443 --peer certificate.pem \\
          --key oprf.key.pub
      """,
    subcommands: [
      Key.self, LeakBuildCommand.self, LeakAddCommand.self, LeakInfoCommand.self, LeakCheckCommand.self,
    ])

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an OPRF key, readable by its owner only, and its public key.",
      discussion: """
        Writes FILE (mode 0600) and FILE.pub. Give FILE.pub to those who ask; keep FILE out of the database's folder: \
        who has it can test guesses against the database. A new key needs a new work folder and the lists again: \
        docs/leak-check.md has the steps of a rotation.

        Exit codes: 0 done; 64 wrong usage; 73 the files exist, or cannot be written.
        """)
    @Argument(help: "The new file.") var path: String

    func run() throws {
      let key = PRFSecretKey.random()
      let digits = hexadecimal(key.publicKey.bytes)
      let publicPath = path + ".pub"
      do {
        // No key without its public half.
        guard !FileManager.default.fileExists(atPath: publicPath) else {
          throw IdentityError.alreadyExists(path: publicPath)
        }
        try withTransientArray(of: key.encoded()) { try createFile(path, mode: 0o600, contents: $0) }
        try createFile(publicPath, mode: 0o644, contents: Array((digits + "\n").utf8))
      } catch IdentityError.alreadyExists(let path) {
        throw CommandFailure(
          "\(path) exists already.", hint: "Keys are never overwritten: give another name.",
          code: .cannotCreate)
      } catch let error as IdentityError {
        throw CommandFailure("\(error)", hint: error.hint, code: .cannotCreate)
      }
      print("public key \(digits)")
    }
  }
}

/// The secret OPRF key in a file that nobody else may read.
func readOPRFKey(_ path: String) throws -> PRFSecretKey {
  let bytes = try explained { try readKeyFile(path) }
  do { return try PRFSecretKey(decoding: bytes) } catch {
    throw CommandFailure(LeakDatabaseError.unusableKey(path: path))
  }
}

/// The token in a file.
func readToken(_ path: String) throws -> String {
  String(decoding: try readWholeFile(path, limit: 4096), as: UTF8.self)
    .trimmingCharacters(in: .whitespacesAndNewlines)
}

/// A public OPRF key: 64 hexadecimal digits, or a file that holds them.
func readOPRFPublicKey(_ text: String) throws -> PRFPublicKey {
  let digits: String
  if text.utf8.count == 64, text.allSatisfy(\.isHexDigit) {
    digits = text
  } else {
    let bytes = try readWholeFile(text, limit: 4096)
    digits = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
  let bytes = Array(digits.utf8)
  guard bytes.count == 64, bytes.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
    let key = try? PRFPublicKey(
      decoding: stride(from: 0, to: 64, by: 2).compactMap {
        UInt8(String(decoding: bytes[$0..<($0 + 2)], as: UTF8.self), radix: 16)
      })
  else {
    throw CommandFailure(
      "\(text) is no public OPRF key.", hint: "'hitoku leak key' writes it into FILE.pub.", code: .data)
  }
  return key
}

extension CommandFailure {
  /// Codes of `hitoku leak` leave 1 for a password that leaked.
  init(_ error: LeakClientError) {
    switch error {
    case .malformedAddress: self.init("\(error)", hint: error.hint, code: .usage)
    case .stopped: self.init(CancellationError())
    case .unreadableCertificate, .wrongKind, .tooManyBuckets, .tooManyQueries, .finePartition:
      self.init("\(error)", hint: error.hint, code: .data)
    // What a server can bring about for one question and not for another must not be tried again by scripts.
    case .malformedAnswer, .invalidProof, .otherShape:
      self.init("\(error)", hint: error.hint, code: .protocolBroken)
    default: self.init("\(error)", hint: error.hint, code: .unavailable)
    }
  }

  /// Of databases and lists that are read.
  init(_ error: LeakDatabaseError) {
    switch error {
    case .exists: self.init("\(error)", code: .cannotCreate)
    case .list(.writeFailed): self.init("\(error)", code: .cannotCreate)
    case .privateList: self.init("\(error)", code: .noPermission)
    default: self.init("\(error)", code: .data)
    }
  }

  /// Of a build, which fails where its folders cannot be written. `list` is what it reads.
  init(building error: LeakDatabaseError, from list: String? = nil) {
    if case .system(let path, _) = error, path != list {
      self.init("\(error)", code: .cannotCreate)
    } else {
      self.init(error)
    }
  }
}
#endif
