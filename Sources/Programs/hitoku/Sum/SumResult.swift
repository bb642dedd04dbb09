#if Services
import ArgumentParser
import EncryptedSum
import Reports
import Studies
import SumClient
import Tables

struct SumResult: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "result", abstract: "Decrypt the released sums and print the statistics.",
    discussion: """
      Decrypts nothing but the ciphertext that provider and auditor signed for, and no other ever after with these keys. Prints counts, means, variances, standard \
      deviations, histograms, correlations, regressions, Welch's and the chi-square test, with 95 % intervals.

        hitoku sum result study.json --keys analyst-keys --out figures.csv --report page.html --publish --server …
      """)
  @OptionGroup var file: SumStudyFile
  @Option(help: "The folder of 'hitoku sum keys'.") var keys: String
  @Option(help: "A file for all figures: .csv, or .json for the report.") var out: String?
  @Option(help: "A file for one HTML page with charts.") var report: String?
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Hand the report to the server, for all who may read results. Once.") var publish = false
  @OptionGroup var connection: SumServerOptions

  func run() async throws {
    let study = try file.read()
    let folder = SumKeyFolder(path: keys)
    let plan = try plan(study, folder)
    for (path, option) in [(out, "--out"), (report, "--report")] {
      if let path { try checkWritable(path, option: option) }
    }
    try await connection.with { server in
      let session = SumSession(study, at: server)
      let released = try await session.released(plan)
      try folder.claim(study: study)
      try folder.claim(decrypting: released.manifest.manifest)
      let figures = SumFigures(try totals(plan, folder, released))
      try write(figures)
      if publish {
        try await session.publish(
          Array(figures.report().json().utf8), of: released.manifest.manifest,
          signing: try folder.signingKey())
        note("published")
      }
    }
  }

  private func totals(
    _ plan: SumPlan, _ folder: SumKeyFolder, _ released: (bytes: [UInt8], manifest: SignedManifest)
  ) throws -> SumTotals {
    do {
      if case .bfv(let set) = plan.study.scheme {
        return try plan.result(
          of: released.bytes, manifest: released.manifest, key: try folder.secretKey(set))
      }
      return try plan.result(
        of: released.bytes, manifest: released.manifest,
        key: try PaillierFileSystem.privateKey(folder.paillier))
    } catch let error as SumError { throw CommandFailure(SumClientError.sum(error)) }
  }

  private func plan(_ study: SumStudy, _ folder: SumKeyFolder) throws -> SumPlan {
    do { return try SumSession.plan(study, encodedKey: try folder.encryptionKey()) } catch let error
      as SumClientError
    {
      // To who holds the keys, and not to a contributor.
      if case .sum(.wrongEncryptionKey) = error {
        throw CommandFailure(SumClientError.sum(.wrongDecryptionKey))
      }
      throw CommandFailure(error)
    }
  }

  private func write(_ figures: SumFigures) throws {
    let document = figures.report()
    if let out {
      if out.lowercased().hasSuffix(".json") {
        try writeWholeFile(out, document.json() + "\n")
      } else {
        try explained {
          var writer = CSVWriter(try OutputFile(path: out), guardsFormulas: true)
          for record in figures.records { try writer.write(record) }
          try writer.finish()
        }
      }
    }
    if let report { try writeWholeFile(report, document.html()) }
    if json {
      print(document.json())
    } else {
      for line in document.text() { print(line) }
      if let table = document.table { print("\n" + table.text().joined(separator: "\n")) }
    }
  }
}
#endif
