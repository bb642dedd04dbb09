import EncryptedSum
import ParameterFiles
import Primitives
import Secrets
import ServiceContracts
import Studies

/// What contributors, auditors and the daemon of encrypted sums read from one another. The first byte of an input says which: a study
/// file, a receipt, a manifest, a page of contributions, a path, or changes to a contribution, three bytes of place and one of
/// difference each.
enum SumDocumentRun {
  enum Part: UInt8, CaseIterable {
    case study, receipt, manifest, page, path, contribution
  }

  static func run(_ input: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let first = input.first else { return .refused }
    let bytes = Array(input.dropFirst())
    return switch Part.allCases[Int(first) % Part.allCases.count] {
    case .study: try study(bytes)
    case .receipt: try same(bytes, try? SumReceipt(decoding: bytes).encoded())
    case .manifest: try same(bytes, try? SumManifest(decoding: bytes).encoded())
    case .page: try same(bytes, SumContributionPage(decoding: bytes)?.encoded())
    case .path: try path(bytes)
    case .contribution: try contribution(bytes)
    }
  }

  /// Nil was refused.
  private static func same(
    _ bytes: [UInt8], _ again: [UInt8]?
  ) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let again else { return .refused }
    try FuzzFinding.unless(again == bytes, "what was read is written to the same bytes")
    return .accepted
  }

  private static func study(_ bytes: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let study = try? SumStudy(decoding: bytes) else { return .refused }
    guard let again = try? SumStudy(decoding: study.fileEncoding) else {
      throw FuzzFinding(promise: "a study that is written can be read")
    }
    try FuzzFinding.unless(again.digest == study.digest, "a study that is read again has the same digest")
    // A study may ask for more than any layout holds.
    _ = try? SumLayout(study)
    return .accepted
  }

  private static func path(_ bytes: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    let text = String(decoding: bytes, as: UTF8.self)
    let pieces = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let path = try? SumPath(pieces: pieces) else { return .refused }
    if case .token(let role, let name) = path {
      try FuzzFinding.unless([role, name] == Array(pieces.dropFirst(2)), "names are read as they are")
    } else {
      try FuzzFinding.unless(
        path.text == "/" + pieces.joined(separator: "/"), "a path is written as it was read")
    }
    return .accepted
  }

  private static func contribution(_ changes: [UInt8]) throws(FuzzFinding) -> FuzzTarget.Outcome {
    guard let sample else { throw FuzzFinding(promise: "the set takes contributions") }
    var bytes = sample.body
    for start in stride(from: 0, to: changes.count - 3, by: 4) {
      let place = changes[start..<(start + 3)].reduce(0) { $0 << 8 | Int($1) }
      if place < bytes.count { bytes[place] ^= changes[start + 3] }
    }
    // What is left over cuts it short.
    bytes.removeLast(changes.count % 4)
    guard let checked = try? sample.plan.checked(bytes, by: "somebody") else { return .refused }
    try FuzzFinding.unless(
      checked.body == bytes && checked.bodyDigest == SHA256.hash(bytes), "what is stored is what was checked")
    var aggregate = SumAggregate()
    for body in [bytes, sample.body] {
      guard let ciphertext = try? sample.plan.ciphertext(body) else {
        throw FuzzFinding(promise: "what was checked can be added")
      }
      aggregate.add(ciphertext)
    }
    try FuzzFinding.unless(aggregate.count == 2, "each contribution counts once")
    return .accepted
  }

  private struct Sample {
    let plan: SumPlan
    let body: [UInt8]
  }

  private static let sample: Sample? = {
    guard let parameters = try? ParameterFiles.parameters(named: "sum-n4096") else { return nil }
    let key = FuzzSet.key(parameters).makePublicKey()
    guard let study = try? study(fingerprint: SumPlan.fingerprint(key.encoded())),
      let plan = try? SumPlan(study, key: key),
      let body = try? plan.encrypt([Int](repeating: 1, count: plan.layout.count))
    else { return nil }
    return Sample(plan: plan, body: body)
  }()

  /// The same keys in every run.
  private static func signingKey(_ byte: UInt8) -> SigningKey {
    let seed = unsafe SecretBytes(count: 32) { buffer in unsafe buffer.update(repeating: byte) }
    guard let key = SigningKey(seed: seed) else { preconditionFailure("32 bytes are a key") }
    return key
  }

  private static func study(fingerprint: [UInt8]) throws(SumError) -> SumStudy {
    return try SumStudy(
      title: "fuzz", scheme: .bfv(parameterSet: "sum-n4096"),
      fields: [SumField(column: "x", minimum: 0, maximum: 9, edges: [3])],
      categories: [SumCategory(column: "c", labels: ["a", "b"])],
      limits: SumLimits(minimumContributors: 2, maximumContributors: 9, maximumRows: 9),
      period: SumPeriod(opening: 0, closing: 4_000_000_000),
      keys: SumKeys(
        analyst: signingKey(1).publicKey, provider: signingKey(2).publicKey, auditor: signingKey(3).publicKey,
        encryptionKey: fingerprint))
  }

  /// One accepted input of each part.
  static func seeds() throws -> [(name: String, input: [UInt8])] {
    let study = try study(fingerprint: [UInt8](repeating: 7, count: 32))
    let digests = (1...3).map { [UInt8](repeating: $0, count: 32) }
    let entry = SumLogEntry(
      sequence: 2, time: 1_700_000_000, kind: .submitted, name: "one", subject: digests[0], after: digests[1])
    let manifest = SumManifest(
      study: study.digest, seedCommitment: digests[0], contributions: digests, release: digests[2])
    let page = SumContributionPage(
      entries: [
        .init(contributor: "one", version: 1, signature: [UInt8](repeating: 5, count: 64), body: [1, 2, 3]),
        .init(contributor: "two", version: 0, signature: [], body: []),
      ], next: 7)
    let path = SumPath.part(of: String(repeating: "0a", count: 32), .contribution)
    return [
      ("study", [Part.study.rawValue] + study.fileEncoding),
      (
        "receipt",
        [Part.receipt.rawValue]
          + SumReceipt(study: study.digest, entry: entry, signing: signingKey(2)).encoded()
      ),
      ("manifest", [Part.manifest.rawValue] + manifest.encoded()),
      ("page", [Part.page.rawValue] + page.encoded()),
      ("path", [Part.path.rawValue] + Array(path.text.utf8)),
      ("contribution", [Part.contribution.rawValue]),
      // A lower residue.
      ("contribution-changed", [Part.contribution.rawValue, 0, 0, 60, 1]),
    ]
  }
}
