#if Services
import ArgumentParser
import BigIntegers
import Paillier

/// What commands with encrypted output have in common.
struct PaillierOptions: ParsableArguments {
  @Option(help: "Where to write; default: standard output.") var output: String?
  @Flag(
    help: "Use a public key without proofs of its shape; encrypt in the classic form, about ten times slower."
  )
  var acceptUnprovenKey = false
  @Option(
    help:
      "The proof of a public key's shape, of its owner: allows to encrypt in the short form. Needs --parameters."
  )
  var proof: String?
  @Option(help: "The parameters that the proof was made for: your own, or of somebody you trust for them.")
  var parameters: String?

  func validate() throws {
    guard (proof == nil) == (parameters == nil) else {
      throw ValidationError("--proof and --parameters go together.")
    }
  }

  func write(_ numbers: EncryptedNumbers) throws { try PaillierFileSystem.write(numbers, to: output) }
}

/// Encrypts for a key file: one's own, somebody else's with proofs, or with the flag.
///
/// The short form is for fresh numbers under proven keys alone. Sums are re-randomised in the classic form, proven or not: what the proofs
/// leave open of a key lets a dishonest owner see through the short form's factors.
struct PaillierWriter {
  let key: PublicKey
  private let owner: OwnerEncryptor?
  private let proven: ProvenKey?
  private let classic: Encryptor

  init(key path: String, _ options: PaillierOptions) throws {
    if try PaillierFileSystem.isPrivate(path) {
      let secret = try PaillierFileSystem.privateKey(path)
      key = secret.publicKey
      owner = OwnerEncryptor(secret)
      proven = nil
      classic = Encryptor(classic: key)
      return
    }
    owner = nil
    if let proof = options.proof, let parameters = options.parameters {
      key = try PaillierFileSystem.publicKey(path)
      proven = try PaillierFileSystem.provenKey(key, proof: proof, parameters: parameters)
      classic = Encryptor(classic: key)
      return
    }
    guard options.acceptUnprovenKey else {
      throw CommandFailure(
        "\(path) carries no proofs of its shape.",
        hint: "Give --proof and --parameters; or, if you trust its owner to have made it well, add "
          + "--accept-unproven-key.")
    }
    key = try PaillierFileSystem.publicKey(path)
    proven = nil
    classic = Encryptor(classic: key)
  }

  /// Encrypts at a fixed exponent, or at python-paillier's −32 and below where a number needs it.
  func encrypt(_ numbers: PaillierNumbers, exponent: Int?) throws -> EncryptedNumbers {
    let encoded = try numbers.encoded(key, atMost: Self.exponent, fixed: exponent)
    let bound = EncryptedNumbers.assumedBound
    return try refusing {
      if let owner {
        return try EncryptedNumbers(
          owner.encrypt(encoded.residues), exponent: encoded.exponent, bound: bound)
      }
      say(proven == nil ? "classic form" : "short form")
      return try (proven.map { Encryptor($0) } ?? classic).encrypt(encoded, declaring: bound)
    }
  }

  /// The same numbers under fresh randomness of the classic form, at that exponent.
  func finish(_ numbers: EncryptedNumbers) throws -> EncryptedNumbers {
    if owner == nil { say("re-randomising in the classic form") }
    return try refusing {
      let lowered = try numbers.lowered(to: min(numbers.exponent, Self.exponent))
      return try EncryptedNumbers(
        classic.rerandomize(lowered.ciphertexts), exponent: lowered.exponent, bound: lowered.bound)
    }
  }

  private func say(_ form: String) {
    note("\(proven == nil ? "unproven" : "proven") key of \(key.bitWidth) bits: \(form)")
  }

  private static let exponent = -32
}

struct PaillierAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add encrypted numbers: files line by line, and with --total all lines of all files.")
  @Argument(help: "The public key's file, or the private key's.") var key: String
  @Argument(help: "Files of encrypted numbers, of the same number of lines unless --total.") var files:
    [String]
  @Option(parsing: .unconditional, help: "A number to add to each line of the result.") var plain: String?
  @Flag(help: "One sum of everything.") var total = false
  @OptionGroup var options: PaillierOptions

  func run() throws {
    let writer = try PaillierWriter(key: key, options)
    let rows = try files.map { try PaillierFileSystem.encrypted($0, writer.key) }
    if !total, let (file, row) = zip(files, rows).first(where: { $1.count != rows[0].count }) {
      throw CommandFailure(
        "\(files[0]) has \(rows[0].count) numbers and \(file) has \(row.count): files are added line by line.",
        hint: "Give --total for one sum of all lines of all files.", code: .data)
    }
    let sum = try refusing {
      let addends = total ? try rows.map { try $0.sum() } : rows
      return try addends.dropFirst().reduce(addends[0]) { try $0.adding($1) }
    }
    try options.write(try writer.finish(try added(to: sum, writer.key)))
  }

  private func added(to sum: EncryptedNumbers, _ key: PublicKey) throws -> EncryptedNumbers {
    guard let plain else { return sum }
    let text = PaillierNumbers.Text(place: "--plain", text: plain)
    let encoded = try PaillierNumbers([PaillierNumbers.Text](repeating: text, count: sum.count))
      .encoded(key, atMost: sum.exponent)
    return try refusing { try sum.adding(plain: encoded) }
  }
}

struct PaillierMultiply: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "multiply", abstract: "Multiply each encrypted number by a plain one.")
  @Argument(help: "The public key's file, or the private key's.") var key: String
  @Argument(help: "The file of encrypted numbers.") var file: String
  @Argument(help: "The factor, an integer or a double; a negative one behind --.") var factor: String
  @OptionGroup var options: PaillierOptions

  func run() throws {
    let writer = try PaillierWriter(key: key, options)
    let numbers = try PaillierFileSystem.encrypted(file, writer.key)
    let (mantissa, exponent) = try PaillierNumbers([.init(place: "the factor", text: factor)]).factor()
    let product = try refusing {
      try numbers.multiplying(
        by: [Int](repeating: mantissa, count: numbers.count), factorExponent: exponent)
    }
    try options.write(try writer.finish(product))
  }
}
#endif
