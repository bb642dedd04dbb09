#if Services
import ArgumentParser
import Paillier

struct PaillierParameters: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parameters",
    abstract: "Make parameters under which owners of keys prove to you that their keys are well-made.",
    discussion: """
      Give the file to the owner, who runs prove with it, and keep it: encrypt --proof checks with it. It is public, but \
      proofs under it convince only you and those who trust you not to work with the key's owner: whoever knows its \
      factors could prove anything. This program forgets them.
      """)
  @Argument(help: "The file to make.") var output: String
  @Option(help: "Bits of its modulus: 2048, 3072 or 4096; not fewer than the keys have.") var bits = 3072

  func validate() throws {
    guard KeySize(rawValue: bits) != nil else {
      throw ValidationError("parameters have 2048, 3072 or 4096 bits.")
    }
  }

  func run() throws {
    guard let size = KeySize(rawValue: bits) else { return }
    try PaillierFileSystem.write(try PaillierFileSystem.makeParameters(size), to: output)
    note("made parameters of \(bits) bits: keep the file, and give it to owners of keys")
  }
}

struct PaillierProve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that your key is a product of two large Blum primes, to whoever made the parameters.",
    discussion: """
      With the proof others encrypt under your key in the short form, ten times faster, and without trust in you that it \
      keeps their numbers secret. Sums are re-randomised in the classic form all the same: the proof does not show that the \
      short one would hide from you how they came about. It tells nothing of the primes.
      """)
  @Argument(help: "The private key's file.") var key: String
  @Option(help: "The parameters of whoever will encrypt.") var parameters: String
  @Option(help: "The file to make.") var output: String

  func run() throws {
    let secret = try PaillierFileSystem.privateKey(key)
    try PaillierFileSystem.writeProof(secret, parameters: parameters, to: output)
    note("proved the key of \(secret.publicKey.bitWidth) bits under \(parameters)")
  }
}
#endif
