#if Services
import ArgumentParser
import BudgetLedger
import DisclosureControl
import Foundation
import Identities
import Reports
import Studies

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Privacy budgets, what was spent of them, and the log of runs.",
    subcommands: [BudgetCommand.self, ShowCommand.self, LogCommand.self, VerifyCommand.self])
}

private struct BudgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget",
    abstract: "Set what may be spent on a study's population, in all and on one counterpart.",
    discussion: """
      --epsilon is for this counterpart; --total-epsilon for all together, who could pool what they learn. Without it the \
      total stays what it was, or begins as --epsilon. The provider answers nothing without a budget. An analyst needs one for its own people (analyst.population) where it publishes \
      a result, or hands an exact one to the provider.
      """)
  @Argument(help: "The study file that names the population.") var study: String
  @Option(help: "The counterpart's certificate file, or its fingerprint.") var peer: String
  @Option(help: "ε for this counterpart, in all of its runs, such as 5; 0 suffices for exact results.")
  var epsilon: Double
  @Option(help: "ε over all counterparts.") var totalEpsilon: Double?
  @Option(help: "δ is 2 to minus this many, for both.") var deltaBits = 30
  @Flag(help: "Allow this counterpart exact results.") var exact = false
  @Option(help: "Whose budget: provider or analyst.") var side = Side.provider
  @OptionGroup var state: StateOptions

  func validate() throws {
    guard [epsilon, totalEpsilon ?? 0].allSatisfy({ (0...1_000_000).contains($0) }),
      (1...62).contains(deltaBits)
    else { throw ValidationError("ε is from 0 to 1000000, and --delta-bits from 1 to 62.") }
  }

  func run() throws {
    let agreed = try AgreedStudy(path: study)
    try explained {
      let fingerprint = try Fingerprint(certificateFileOrDigits: peer)
      let book = try state.openLedger()
      let population = agreed.population(side)
      let account = try LedgerAccount(population: population, counterpart: hexadecimal(fingerprint.bytes))
      let before = try book.statements().first { $0.population == population }
      let total = totalEpsilon.map(cost) ?? before?.budget ?? cost(epsilon)
      guard cost(epsilon).epsilon <= total.epsilon else {
        throw CommandFailure(
          "ε \(epsilon) for one counterpart is more than ε \(total.epsilon) for all.",
          hint: "Give --total-epsilon as well.", code: .noPermission)
      }
      if before?.budget != total { try book.setPopulationBudget(total, population: population) }
      try book.setCounterpartBudget(cost(epsilon), permitsExact: exact, account: account)
      let own = before?.counterparts.first { $0.account == account }
      note("all counterparts: \(change(before?.budget, total, spent: before?.spent))")
      note(
        "this counterpart: \(change(own?.budget, cost(epsilon), spent: own?.spent))\(exact ? ", exact results allowed" : "")"
      )
    }
  }

  private func change(_ old: PrivacyCost?, _ new: PrivacyCost, spent: PrivacyCost?) -> String {
    let was = old.map { " (was ε \($0.epsilon))" } ?? ""
    return "\(text(new))\(was), ε \((spent ?? .zero).epsilon) spent"
  }

  private func cost(_ value: Double) -> PrivacyCost {
    PrivacyCost(
      epsilon: Epsilon(saturating: UInt64((value * 1e6).rounded())), delta: Delta(powerOfHalf: deltaBits))
  }
}

private struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print budgets and what was spent of them.")
  @OptionGroup var state: StateOptions
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let statements = try explained { try state.openLedger().statements() }
    guard !json else {
      print(JSONValue.array(statements.map(Self.json)).encoded)
      return
    }
    if statements.isEmpty { note("no budget is set: see 'hitoku psi ledger budget --help'") }
    for statement in statements {
      print("\(statement.population): \(Self.line(statement.spent, statement.budget))")
      for one in statement.counterparts {
        let exact = one.permitsExact ? ", exact results allowed" : ""
        print("  \(one.account.counterpart): \(Self.line(one.spent, one.budget))\(exact)")
      }
    }
  }

  private static func line(_ spent: PrivacyCost, _ budget: PrivacyCost) -> String {
    let left = budget.epsilon.micros - min(spent.epsilon.micros, budget.epsilon.micros)
    return
      "ε \(spent.epsilon) of \(budget.epsilon) spent, \(Epsilon(saturating: left)) left; δ \(spent.delta) of \(budget.delta)"
  }

  private static func json(_ statement: PopulationStatement) -> JSONValue {
    .object([
      "population": .text(statement.population),
      "spent": json(statement.spent), "budget": json(statement.budget),
      "counterparts": .array(
        statement.counterparts.map {
          .object([
            "fingerprint": .text($0.account.counterpart), "permits_exact": .bool($0.permitsExact),
            "spent": json($0.spent), "budget": json($0.budget),
          ])
        }),
    ])
  }

  private static func json(_ cost: PrivacyCost) -> JSONValue {
    .object(["epsilon": .number("\(cost.epsilon)"), "delta": .text("\(cost.delta)")])
  }
}

private struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print the hash-chained log: budgets, charges, and how runs went.")
  @OptionGroup var state: StateOptions
  @Option(help: "The first entry to print.") var from = 1
  @Option(help: "At most this many entries.") var limit = 1000
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard from >= 1, limit >= 1 else { throw ValidationError("--from and --limit are at least 1.") }
  }

  func run() throws {
    let entries = try explained { try state.openLedger().entries(from: from, limit: limit) }
    guard !json else {
      print(JSONValue.array(entries.map(Self.json)).encoded)
      return
    }
    for entry in entries {
      var fields = ["\(entry.sequence)", Self.time(entry), entry.kind.rawValue]
      if !entry.detail.isEmpty { fields.append(entry.detail) }
      if !entry.population.isEmpty { fields.append("\"\(entry.population)\"") }
      if !entry.counterpart.isEmpty { fields.append("\(entry.counterpart.prefix(16))…") }
      if entry.cost != .zero { fields.append(text(entry.cost)) }
      if !entry.run.isEmpty, entry.kind != .created {
        fields.append("run \(hexadecimal(Array(entry.run.prefix(4))))")
      }
      print(fields.joined(separator: "  "))
    }
  }

  private static func json(_ entry: LedgerEntry) -> JSONValue {
    .object([
      "sequence": .integer(entry.sequence), "time": .text(time(entry)), "kind": .text(entry.kind.rawValue),
      "detail": .text(entry.detail), "run": .text(hexadecimal(entry.run)),
      "study_digest": .text(hexadecimal(entry.study)), "population": .text(entry.population),
      "counterpart": .text(entry.counterpart), "epsilon": .number("\(entry.cost.epsilon)"),
      "delta": .text("\(entry.cost.delta)"), "hash": .text(hexadecimal(entry.hash)),
    ])
  }

  private static func time(_ entry: LedgerEntry) -> String {
    Date(timeIntervalSince1970: TimeInterval(entry.time)).formatted(.iso8601)
  }
}

private struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check the hash chain of the log and print its head.",
    discussion: "Keep heads elsewhere: a log that was cut short is whole as far as it goes, but lacks them.")
  @OptionGroup var state: StateOptions
  @Option(help: "A head printed before, as NUMBER:HASH, that must still be in the log.") var head: String?

  func run() throws {
    let known = try head.map(Self.parse)
    let head = try explained { try state.openLedger().verify(containing: known) }
    print(
      "\(counted(Int(head.sequence), "entry", plural: "entries")), head \(head.sequence):\(hexadecimal(head.hash))"
    )
  }

  private static func parse(_ text: String) throws -> LedgerHead {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let number = Int(parts[0]), parts[1].count == 64,
      case let bytes = stride(from: 0, to: 64, by: 2).compactMap({
        UInt8(parts[1].dropFirst($0).prefix(2), radix: 16)
      }), bytes.count == 32
    else { throw ValidationError("--head is NUMBER:HASH, as verify prints it.") }
    return LedgerHead(sequence: number, hash: bytes)
  }
}
#endif
