#if Services
import ArgumentParser
import ContributionStore
import EncryptedSum
import Foundation

/// Where everything lies that the daemon keeps.
struct StateFolder: ParsableArguments {
  @Option(help: "The folder of the store and of the provider's signing key.") var state: String
  @Option(
    help: "A PostgreSQL database for the store instead, by libpq's connection string; instances share it.")
  var postgres: String?

  /// Makes the folder where there is none, and opens the store.
  func openStore() throws(SumdError) -> ContributionStore {
    makeFolder()
    do {
      if let postgres { return try ContributionStore(postgres: postgres) }
      return try ContributionStore(path: state + "/store.sqlite")
    } catch { throw .store(error) }
  }

  /// The key, made where there is none.
  func openKey() throws(SumdError) -> ProviderKey {
    makeFolder()
    return try ProviderKey(file: state + "/provider.key")
  }

  private func makeFolder() {
    // Where that fails, opening a file there says why.
    try? FileManager.default.createDirectory(
      atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }
}

/// Prints the public key that studies name.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Print the provider's public key; make the key at first.",
    discussion: "Back up provider.key: without it no study that names it can be released.")
  @OptionGroup var place: StateFolder

  func run() throws {
    try ending { () throws(SumdError) in print(Digits.text(try place.openKey().publicKey.bytes)) }
  }
}

/// Tokens, on the server's own machine: who can write the state folder is the provider.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make and revoke tokens, also while the daemon runs.",
    subcommands: [Create.self, Revoke.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token and print it; the store keeps its hash alone.",
      discussion: """
        hitoku-sumd token create --state state --role analyst --name register > analyst.token
        hitoku-sumd token create --state state --role registrant --name "Acme Ltd" --study DIGEST > acme.token

        A registrant contributes under its name, and its token is for one study. Others' tokens without --study are for all. \
        An auditor's reads single ciphertexts after the closing: give --study, or it reads those of all studies.
        """)
    @OptionGroup var place: StateFolder
    @Option(help: "provider, registrant, analyst, result-user or auditor.") var role: SumRole
    @Option(help: "The bearer: 1 to 128 bytes.") var name: String
    @Option(help: "The digest of the study that it is for.") var study: String?
    @Option(help: "Days until it ends.") var days = 90

    func validate() throws {
      guard (1...3_650).contains(days) else { throw ValidationError("--days is 1 to 3650.") }
      guard role != .registrant || study != nil else {
        throw ValidationError("A registrant's token is for one study: give --study.")
      }
      if let study, Digits.bytes(study)?.count != 32 {
        throw ValidationError("A study's digest has 64 hexadecimal digits.")
      }
    }

    func run() throws {
      try ending { () throws(SumdError) in
        let scope = TokenScope(
          role: role, study: study.flatMap { Digits.bytes($0) }, name: name,
          expires: Int64(Date().timeIntervalSince1970) + Int64(days) * 86_400)
        let store = try place.openStore()
        do throws(ContributionStoreError) { print(try store.makeToken(scope)) } catch { throw .store(error) }
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revoke a bearer's tokens of a role.")
    @OptionGroup var place: StateFolder
    @Option(help: "The role.") var role: SumRole
    @Option(help: "The bearer.") var name: String

    func run() throws {
      try ending { () throws(SumdError) in
        let store = try place.openStore()
        do throws(ContributionStoreError) {
          print("revoked \(try store.revokeTokens(role: role, name: name))")
        } catch {
          throw .store(error)
        }
      }
    }
  }
}

/// Says what went wrong, with the error's exit code.
private func ending(_ body: () throws(SumdError) -> Void) throws {
  do throws(SumdError) { try body() } catch {
    try? FileHandle.standardError.write(contentsOf: Data("Error: \(error)\n".utf8))
    throw ExitCode(error.code)
  }
}

extension SumRole: ExpressibleByArgument {}
#endif
