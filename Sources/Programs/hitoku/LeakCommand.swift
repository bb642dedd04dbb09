#if Services
import ArgumentParser
import Foundation
import LeakCheck
import LeakDatabase
import ObliviousPRF
import Secrets
import Tables

/// Databases of leaked passwords and credentials.
struct LeakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leak", abstract: "Databases of leaked passwords for private lookup.",
    discussion: """
      Examples:
        hitoku leak key oprf.key
        hitoku leak build --key oprf.key --work work --out passwords-1 --name passwords-1 \\
          pwned-passwords-sha1.txt.gz
        hitoku leak build --key oprf.key --work work --out passwords-1b --name passwords-1 more.txt

      A killed build goes on where it stopped; a later list is merged with those of the same work folder and name.
      Keep the key out of the database's folder: who has it can test guesses against the database. A new key
      needs a new work folder and the lists again.
      """,
    subcommands: [Key.self, Build.self])

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make an OPRF key, readable by its owner only.")
    @Argument(help: "The new file.") var path: String

    func run() throws {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw CommandFailure("\(path) exists.", hint: "Choose another name; keys are never overwritten.")
      }
      let key = PRFSecretKey.random()
      // The file has mode 0600 from its beginning.
      var file = try OutputFile(path: path)
      let encoded = key.encoded()
      try unsafe encoded.withUnsafeBufferPointer { bytes in try unsafe file.write(Array(bytes)) }
      try file.commit()
      print("public key \(hexadecimal(key.publicKey.bytes))")
    }
  }

  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Build a database from lists, or from more lists.")
    @Option(help: "The OPRF key's file.") var key: String
    @Option(help: "The work folder, which survives a kill.") var work: String
    @Option(help: "The new database folder.") var out: String
    @Option(help: "The version's name.") var name: String
    @Option(help: "sha1, ntlm or credentials.") var kind = LeakListKind.sha1
    @Option(help: "sha1, ntlm, credentials or words; default: the kind's own.") var format: LeakFormat?
    @Option(help: "The parameter set: see params/README.md.") var set = "lookup-1m-n2048"
    @Option(help: "Buckets of users, for credentials.") var buckets = 1
    @Option(help: "Malformed lines that are passed over before the build stops; default: any number.")
    var allowMalformed = Int.max
    @Argument(help: "Lists, plain or gzip; - is standard input.") var lists: [String]

    func run() throws {
      do throws(LeakDatabaseError) { try build() } catch { throw CommandFailure(error) }
    }

    private func build() throws(LeakDatabaseError) {
      let settings = LeakDatabaseSettings(name: name, kind: kind, parameterSet: set, buckets: buckets)
      var builder = try LeakDatabaseBuilder(settings, key: try readKey(), work: work)
      for list in lists {
        let start = ContinuousClock.now
        let source: ByteSource
        do { source = try ByteSource(path: list) } catch { throw .list(error) }
        var last: LeakBuildProgress?
        try builder.add(
          source, format: format ?? LeakFormat(rawValue: kind.rawValue) ?? .sha1,
          name: URL(filePath: list).lastPathComponent, allowedMalformed: allowMalformed
        ) { progress in
          last = progress
          let rate = Double(progress.lines) / max((ContinuousClock.now - start) / .seconds(1), 0.001)
          FileHandle.standardError.write(
            Data("\r\(list): \(progress.lines) lines, \(Int(rate)) a second".utf8))
        }
        note("")
        if let last, last.malformed > 0 {
          note("\(list): \(last.malformed) malformed lines, the first at \(last.firstMalformed).")
        }
      }
      let manifest = try builder.finish(to: out)
      print("\(out): \(manifest.items) items, \(manifest.tables.bytes) bytes of tables")
    }

    private func readKey() throws(LeakDatabaseError) -> PRFSecretKey {
      do {
        let bytes = try readWholeFile(key, limit: 32)
        var secret = SecretBytes(count: bytes.count)
        unsafe secret.withUnsafeMutableBufferPointer { target in
          for (index, byte) in bytes.enumerated() { unsafe target[index] = byte }
        }
        return try PRFSecretKey(decoding: secret)
      } catch { throw .unusableKey(path: key) }
    }
  }
}

extension LeakListKind: ExpressibleByArgument {}
extension LeakFormat: ExpressibleByArgument {}
#endif
