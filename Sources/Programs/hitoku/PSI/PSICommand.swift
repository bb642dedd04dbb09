#if Services
import ArgumentParser
import Identities
import Reports
import Studies
import Transport

struct PSICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "psi", abstract: "Match ids with another organisation and get the statistics of the match.",
    discussion: "docs/psi.md leads through a run; 'hitoku --help' shows its commands.",
    subcommands: [
      CheckCommand.self, PlanCommand.self, ServeCommand.self, JoinCommand.self, LedgerCommand.self,
    ]
  )
}

/// What both sides of a run are told.
struct RunOptions: ParsableArguments {
  @Option(help: "The study file; both sides need the same.") var study: String
  @Option(help: "The own table: CSV, gzip or not, or - for standard input.") var input: String
  @Option(help: "The own identity's folder.") var identity: String
  @Option(help: "The other side's certificate file, or its fingerprint.") var peer: String

  @Option(
    help:
      "Seconds until a lost link, or a side that is not there yet, ends the run (the listening side waits on)."
  )
  var patience = 60

  func validate() throws {
    guard (1...3600).contains(patience) else {
      throw ValidationError("--patience is from 1 to 3600 seconds.")
    }
  }

  /// Times of the connection.
  var transport: TransportConfiguration {
    var configuration = TransportConfiguration()
    configuration.connectTimeout = .seconds(patience)
    configuration.resumeLimit = .seconds(patience)
    return configuration
  }

  func open() throws -> Party {
    let agreed = try AgreedStudy(path: study)
    return try explained {
      Party(
        agreed: agreed, identity: try Identity(folder: identity),
        peer: try Fingerprint(certificateFileOrDigits: peer))
    }
  }
}

/// A side of a run before it meets the other.
struct Party {
  let agreed: AgreedStudy
  let identity: Identity
  let peer: Fingerprint
}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a study file and print its digest, which both sides compare.")
  @Argument(help: "The study file (docs/study.schema.json).") var study: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let study = try AgreedStudy(path: study).study
    let digest = hexadecimal(study.digest)
    if json {
      print(
        JSONValue.object([
          "name": .text(study.name), "mode": .text(study.mode.rawValue), "digest": .text(digest),
        ]).encoded)
    } else {
      print("\(study.name)\nmode   \(study.mode.rawValue)\ndigest \(digest)")
    }
  }
}

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Print what each side will learn, what a run sends and takes, and what it costs in privacy.",
    discussion: """
      A run's size does not depend on the tables but on the study's caps: lists are padded to them, so that their lengths \
      say nothing. The time is estimated from a short measurement on this machine.
      """)
  @Argument(help: "The study file.") var study: String
  @Option(help: "How many ids the analyst has; says whether the caps fit.") var rowsAnalyst: Int?
  @Option(help: "How many rows the provider has; says whether the caps fit.") var rowsProvider: Int?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let agreed = try AgreedStudy(path: study)
    var sections = agreed.sections
    sections.append(Report.Section("Cost", agreed.costs(try RunEstimate(agreed))))
    let advice = agreed.advice(rowsAnalyst: rowsAnalyst, rowsProvider: rowsProvider)
    if !advice.isEmpty { sections.append(Report.Section("Caps", advice)) }
    let report = Report(
      title: agreed.study.name, summary: "Nothing was sent: this is a plan.", sections: sections)
    print(json ? report.json() : report.text().joined(separator: "\n"))
  }
}
#endif
