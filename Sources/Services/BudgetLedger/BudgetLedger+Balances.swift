#if Services
import DisclosureControl
import Foundation
import GRDB

extension BudgetLedger {
  /// All populations that have a budget, in the order of their names, with their counterparts.
  public func statements() throws(BudgetLedgerError) -> [PopulationStatement] {
    try read { db in
      let names = try String.fetchAll(
        db, sql: "SELECT DISTINCT population FROM entry WHERE kind = ? ORDER BY population",
        arguments: [LedgerEntry.Kind.populationBudget.rawValue])
      return try names.compactMap { try Self.statement(db, population: $0) }
    }
  }

  private static func statement(_ db: Database, population: String) throws -> PopulationStatement? {
    guard let budget = try Self.budget(db, .populationBudget, population: population, counterpart: "") else {
      return nil
    }
    let names = try String.fetchAll(
      db,
      sql: "SELECT DISTINCT counterpart FROM entry WHERE kind = ? AND population = ? ORDER BY counterpart",
      arguments: [LedgerEntry.Kind.counterpartBudget.rawValue, population])
    let counterparts = try names.compactMap { name -> AccountStatement? in
      guard let own = try Self.budget(db, .counterpartBudget, population: population, counterpart: name),
        let account = try? LedgerAccount(population: population, counterpart: name)
      else { return nil }
      return AccountStatement(
        account: account, budget: own.cost, spent: try spent(db, population: population, counterpart: name),
        permitsExact: own.detail == "exact")
    }
    return PopulationStatement(
      population: population, budget: budget.cost,
      spent: try spent(db, population: population, counterpart: nil),
      counterparts: counterparts)
  }

  /// What decides about `charge`, as it stands within the transaction.
  static func balance(_ db: Database, for charge: Charge) throws -> LedgerBalance {
    let (population, counterpart) = (charge.account.population, charge.account.counterpart)
    let total = try budget(db, .populationBudget, population: population, counterpart: "")
    let own = try budget(db, .counterpartBudget, population: population, counterpart: counterpart)
    return LedgerBalance(
      counterpartBudget: own?.cost, populationBudget: total?.cost, permitsExact: own?.detail == "exact",
      counterpartSpent: try spent(db, population: population, counterpart: counterpart),
      populationSpent: try spent(db, population: population, counterpart: nil),
      chargesOfRun: try charges(db, run: charge.run))
  }

  /// The budget that was set last.
  private static func budget(
    _ db: Database, _ kind: LedgerEntry.Kind, population: String, counterpart: String
  ) throws -> (cost: PrivacyCost, detail: String)? {
    try Row.fetchOne(
      db,
      sql: """
        SELECT epsilon, delta, detail FROM entry WHERE kind = ? AND population = ? AND counterpart = ?
        ORDER BY sequence DESC LIMIT 1
        """,
      arguments: [kind.rawValue, population, counterpart]
    ).map { (try cost($0["epsilon"], $0["delta"]), $0["detail"]) }
  }

  /// The sum of all charges; SQLite throws where it would not fit 63 bits.
  private static func spent(_ db: Database, population: String, counterpart: String?) throws -> PrivacyCost {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT coalesce(sum(epsilon), 0) AS epsilon, coalesce(sum(delta), 0) AS delta FROM entry
        WHERE kind = ? AND population = ? AND (? IS NULL OR counterpart = ?)
        """,
      arguments: [LedgerEntry.Kind.charge.rawValue, population, counterpart, counterpart])
    return try row.map { try cost($0["epsilon"], $0["delta"]) } ?? .zero
  }

  private static func charges(_ db: Database, run: RunIdentifier) throws -> [Charge] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM entry WHERE kind = ? AND run = ?",
      arguments: [LedgerEntry.Kind.charge.rawValue, Data(run.bytes)]
    ).map { row in
      guard let kind = ChargeKind(rawValue: row["detail"]) else {
        throw BudgetLedgerError.chainBroken(sequence: row["sequence"])
      }
      return Charge(
        run: run, kind: kind,
        account: try LedgerAccount(population: row["population"], counterpart: row["counterpart"]),
        cost: try cost(row["epsilon"], row["delta"]))
    }
  }

  /// Amounts as they are stored; both are at least zero by the table's constraint.
  static func cost(_ epsilon: Int64, _ delta: Int64) throws -> PrivacyCost {
    guard epsilon >= 0, let delta = Delta(units: UInt64(max(delta, 0))) else {
      throw BudgetLedgerError.storage(code: 0)
    }
    return PrivacyCost(epsilon: Epsilon(saturating: UInt64(epsilon)), delta: delta)
  }
}
#endif
