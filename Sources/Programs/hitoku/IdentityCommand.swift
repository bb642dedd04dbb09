#if Services
import ArgumentParser
import Identities
import Reports

struct IdentityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identity", abstract: "Keys and certificates by which two parties know each other.",
    subcommands: [Create.self, Show.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Make a key and a certificate in a new folder. Give the other party certificate.pem, never key.pem.")
    @Argument(help: "The folder to make.") var folder: String
    @Option(help: "The name in the certificate, for people to read.") var name: String
    @Option(help: "Days until it expires.") var days = 730
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let identity = try explained { try Identity.create(folder: folder, name: name, validDays: days) }
      printFingerprint(identity.fingerprint, json: json)
      note(
        "give the other side \(folder)/\(Identity.certificateFileName), and this fingerprint on another channel"
      )
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the fingerprint of an identity's folder or of a certificate file.")
    @Argument(help: "A folder made by create, or a certificate file.") var path: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      printFingerprint(try explained { try Self.fingerprint(path) }, json: json)
    }

    private static func fingerprint(_ path: String) throws(IdentityError) -> Fingerprint {
      if let certificate = try? IdentityCertificate(file: path + "/" + Identity.certificateFileName) {
        return certificate.fingerprint
      }
      return try IdentityCertificate(file: path).fingerprint
    }
  }
}

private func printFingerprint(_ fingerprint: Fingerprint, json: Bool) {
  print(json ? JSONValue.object(["fingerprint": .text("\(fingerprint)")]).encoded : "\(fingerprint)")
}
#endif
