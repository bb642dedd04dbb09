#if Services
import ArgumentParser
import Foundation
import Identities
import LeakCheck
import LeakClient
import LeakDatabase
import ObliviousPRF
import Reports
import Synchronization

/// Asks a server whether passwords are in its list of leaks.
struct LeakCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Ask whether passwords are in a list of leaks, without showing them.",
    discussion: """
      Passwords are typed without being shown, or come by --stdin or --export; never as arguments, which other \
      users of a machine can read. They are written nowhere and sent nowhere: what goes out is encrypted under keys \
      that are made for this run. Nothing is asked a second time, and the server never learns an answer.

        hitoku leak check --server leaks.example:7443 --key oprf.key.pub
        hitoku leak check --server 10.0.0.5:7443 --peer certificate.pem \\
          --key oprf.key.pub --export chrome.csv
        pass show bank | hitoku leak check --server leaks.example:7443 \\
          --key oprf.key.pub --stdin --json

      Several passwords go in batches of 1,024 where the server has a table for them. Where that is one without labels, answers lack \
      count and source, which --single gives for one lookup each. Control-C prints what is known so far.

      Exit codes: 0 nothing leaked; 1 something did; 64 wrong usage; 65 input that cannot be read, or more of it than \
      may be asked; 69 the server, or the way to it; 76 an answer that no correct server gives: do not try again; 73 the report cannot be written; 77 this process's memory cannot be \
      kept out of core files; 130 stopped.
      """)
  @Option(help: "https://HOST[:PORT] or HOST:PORT.") var server: String
  @Option(help: "The server's certificate.pem, or its authority's; default: what this system trusts.")
  var peer: String?
  @Option(help: "The server's public OPRF key: 64 digits or FILE.pub, from a trusted channel.") var key:
    String
  @Flag(help: "Read passwords from standard input, one on each line.") var stdin = false
  @Option(help: "A password manager's export: CSV of Chrome, Edge, Firefox, Bitwarden, 1Password.")
  var export: String?
  @Option(help: "The user whose passwords these are, for lists of credentials.") var user: String?
  @Flag(
    help: "Ask a list of credentials: lines of standard input are user:password, an export names its users.")
  var credentials = false
  @Flag(help: "One lookup for each password, never batches.") var single = false
  @Option(help: "Refuse any other version of the database: the 32 digits that 'hitoku leak info' prints.")
  var versionPin: String?
  @Option(help: "The most buckets of users to ask for: the server sees which.") var maxBuckets =
    LeakCheckLimits().buckets
  @Option(
    help: """
      The most buckets that the server may split users into: with 16,384 a user's bucket shows 14 bits of a hash of the name.
      """)
  var maxPartition = LeakCheckLimits().partition
  @Option(help: "The most lookups to make, single ones or batches.") var maxQueries =
    LeakCheckLimits().queries
  @Option(help: "A file with the token that the server asks for.") var tokenFile: String?
  @Option(help: "The folder of a key and certificate, for a server that asks clients for one.")
  var identity: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard !stdin || export == nil else { throw ValidationError("give --stdin or --export, not both.") }
    guard export == nil || user == nil else {
      throw ValidationError("an export has its own user names: leave --user away.")
    }
    guard !credentials || ((stdin || export != nil) && user == nil) else {
      throw ValidationError("--credentials belongs to --stdin or --export, without --user.")
    }
    guard maxBuckets > 0, maxQueries > 0, maxPartition > 0 else {
      throw ValidationError("--max-buckets, --max-partition and --max-queries are numbers from 1 on.")
    }
    if let versionPin {
      guard versionPin.utf8.count == 32, versionPin.allSatisfy(\.isHexDigit) else {
        throw ValidationError("--version-pin takes 32 hexadecimal digits.")
      }
    }
  }

  func run() async throws {
    do { try await check() } catch let failure as CommandFailure where failure.code == .failed {
      // 1 says that something leaked.
      throw CommandFailure(failure.description, code: .data)
    } catch let error as LeakClientError { throw CommandFailure(error) }
  }

  private func check() async throws {
    try forbidMemoryDumps()
    let key = try readOPRFPublicKey(key)
    let token = try tokenFile.map(readToken)
    let identity = try identity.map { folder in try explained { try Identity(folder: folder) } }
    let (report, ending) = try await ask(key, token, identity)
    try report.print(json: json)
    switch ending {
    case nil: if report.leaked > 0 { throw ExitCode(1) }
    case .stopped:
      throw CommandFailure(
        "the check was stopped.", hint: "Run it again for the rest.", code: .interrupted)
    case let ending?: throw ending
    }
  }

  /// Of every database that the server shows, also of one that replaces another.
  private func check(_ kind: LeakListKind) throws {
    guard export == nil || credentials || kind != .credentials else {
      throw CommandFailure(
        "the server has a list of credentials: it would see a bucket for each user name of the export.",
        hint: "Ask a list of passwords, or give --credentials.", code: .data)
    }
  }

  private func readInputs() throws -> [LeakInput] {
    var inputs =
      try export.map { try LeakInputs.exported($0) }
      ?? (stdin
        ? LeakInputs.piped(user: user, credentials: credentials) : LeakInputs.prompted(user: user))
    if export != nil, credentials {
      let all = inputs.count
      inputs.removeAll { !$0.hasUser }
      if inputs.count < all {
        let count = all - inputs.count
        note(
          "\(counted(count, "entry", plural: "entries")) without user name \(count == 1 ? "was" : "were") passed over"
        )
      }
    }
    guard !inputs.isEmpty else {
      throw CommandFailure("there is no password to ask for.", hint: "Give at least one.", code: .data)
    }
    return inputs
  }

  /// Passwords are read once the server has shown its certificate and its key.
  private func ask(
    _ key: PRFPublicKey, _ token: String?, _ identity: Identity?
  ) async throws -> (LeakReport, ending: LeakClientError?) {
    let namesUsers = user != nil || credentials
    let trust = peer.map { LeakServerTrust.certificate(file: $0) } ?? .system
    let unusable = Mutex<CommandFailure?>(nil)
    // Kept for a second start with a database that was just replaced.
    let known = Mutex<[LeakInput]?>(nil)
    do {
      return try await LeakSession.with(
        server, trust: trust, key: key, version: versionPin?.lowercased(), token: token, identity: identity
      ) { session throws(LeakClientError) in
        let document = session.document
        guard !namesUsers || document.kind == .credentials else { throw .wrongKind }
        let inputs: [LeakInput]
        var questions: [LeakQuestion] = []
        do {
          try check(document.kind)
          inputs = try known.withLock { $0 } ?? readInputs()
          known.withLock { [inputs] in $0 = inputs }
          for input in inputs { questions.append(try input.question(document.kind)) }
        } catch {
          unusable.withLock { $0 = CommandFailure(error) }
          throw .wrongKind
        }
        let outcome = try await check(questions, session)
        return (LeakReport(document, inputs, outcome.answers), outcome.ending)
      }
    } catch {
      if let failure = unusable.withLock({ $0 }) { throw failure }
      throw error
    }
  }

  private func check(
    _ questions: [LeakQuestion], _ session: LeakSession
  ) async throws(LeakClientError) -> LeakCheckOutcome {
    let plan = try session.plan(
      questions, singly: single,
      limits: LeakCheckLimits(buckets: maxBuckets, queries: maxQueries, partition: maxPartition))
    if plan.queries > 1, !plan.inBatches { tell(plan, session) }
    do {
      return try await interruptible(
        stopping: "stopping: what is known follows (again to stop at once)"
      ) {
        let line = Mutex(ProgressLine("checking", unit: "passwords"))
        let outcome = try await session.check(plan) { done, total in
          // A short check is over before anybody wonders.
          if total >= 100 { line.withLock { $0.update(done, of: total) } }
        }
        line.withLock { $0.finish() }
        return outcome
      }
    } catch let error as LeakClientError { throw error } catch { throw .stopped }
  }

  private func tell(_ plan: LeakCheckPlan, _ session: LeakSession) {
    let seconds = duration(plan.duration / .seconds(1))
    let reason = session.document.batch == nil ? "the server has no table for batches: " : ""
    let buckets = session.document.buckets == 1 ? "" : ", and \(counted(plan.buckets, "bucket"))"
    note(
      "\(reason)\(counted(plan.queries, "lookup")) one by one, at least \(seconds); "
        + "the server sees how many they are\(buckets)")
  }
}
#endif
