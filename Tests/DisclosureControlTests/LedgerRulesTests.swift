import DisclosureControl
import Testing

@Suite struct LedgerRulesTests {
  private func cost(_ micros: UInt64, _ delta: Delta = .zero) -> PrivacyCost {
    PrivacyCost(epsilon: Epsilon(micros: micros) ?? .maximum, delta: delta)
  }
  private func run(_ byte: UInt8) throws -> RunIdentifier {
    try #require(RunIdentifier(bytes: [UInt8](repeating: byte, count: 16)))
  }
  private func charge(
    _ kind: ChargeKind, _ cost: PrivacyCost, counterpart: String = "partner"
  ) throws -> Charge {
    Charge(
      run: try run(1), kind: kind,
      account: try LedgerAccount(population: "customers", counterpart: counterpart), cost: cost)
  }
  private func balance(
    own: PrivacyCost?, total: PrivacyCost?, ownSpent: PrivacyCost = .zero, totalSpent: PrivacyCost = .zero,
    exact: Bool = false, charges: [Charge] = []
  ) -> LedgerBalance {
    LedgerBalance(
      counterpartBudget: own, populationBudget: total, permitsExact: exact, counterpartSpent: ownSpent,
      populationSpent: totalSpent, chargesOfRun: charges)
  }

  @Test func aBudgetCanBeSpentToTheLastMillionthAndNoFurther() throws {
    let left = balance(own: cost(1_000_000), total: cost(5_000_000), ownSpent: cost(900_000))
    try left.admit(charge(.match, cost(100_000)))
    #expect(throws: LedgerRefusal.epsilonOverrun(.counterpart)) {
      try left.admit(charge(.match, cost(100_001)))
    }
  }

  @Test func partnersShareTheTotalOfAPopulation() throws {
    let left = balance(own: cost(1_000_000), total: cost(2_000_000), totalSpent: cost(1_950_000))
    #expect(throws: LedgerRefusal.epsilonOverrun(.population)) {
      try left.admit(charge(.match, cost(100_000)))
    }
  }

  @Test func deltaIsCountedLikeEpsilon() throws {
    let budget = cost(1_000_000, Delta(powerOfHalf: 40))
    let spent = cost(0, Delta(powerOfHalf: 40))
    try balance(own: budget, total: budget).admit(charge(.match, cost(1, Delta(powerOfHalf: 40))))
    #expect(throws: LedgerRefusal.deltaOverrun(.counterpart)) {
      try balance(own: budget, total: budget, ownSpent: spent)
        .admit(charge(.match, cost(1, Delta(powerOfHalf: 60))))
    }
    #expect(throws: LedgerRefusal.deltaOverrun(.population)) {
      try balance(own: budget, total: budget, totalSpent: spent)
        .admit(charge(.match, cost(1, Delta(powerOfHalf: 60))))
    }
  }

  @Test func aRunPaysForEachThingOnceAndInOrder() throws {
    let budget = cost(5_000_000)
    let match = try charge(.match, cost(1))
    #expect(throws: LedgerRefusal.outOfOrder) {
      try balance(own: budget, total: budget).admit(charge(.cells, cost(1)))
    }
    try balance(own: budget, total: budget, charges: [match]).admit(charge(.cells, cost(1)))
    #expect(throws: LedgerRefusal.alreadyCharged) {
      try balance(own: budget, total: budget, charges: [match]).admit(match)
    }
    #expect(throws: LedgerRefusal.otherAccount) {
      try balance(own: budget, total: budget, charges: [match])
        .admit(charge(.cells, cost(1), counterpart: "somebody else"))
    }
  }

  @Test func withoutBudgetsOrConsentNothingIsAdmitted() throws {
    #expect(throws: LedgerRefusal.noBudget) {
      try balance(own: cost(1), total: nil).admit(charge(.match, cost(0)))
    }
    #expect(throws: LedgerRefusal.noBudget) {
      try balance(own: nil, total: cost(1)).admit(charge(.match, cost(0)))
    }
    #expect(throws: LedgerRefusal.exactNotPermitted) {
      try balance(own: cost(1), total: cost(1)).admit(charge(.exact, .zero))
    }
    try balance(own: cost(1), total: cost(1), exact: true).admit(charge(.exact, .zero))
  }

  @Test func namesAreBounded() {
    for name in ["", String(repeating: "x", count: 129), "a\nb"] {
      #expect(throws: DisclosureControlError.invalidName) {
        _ = try LedgerAccount(population: name, counterpart: "partner")
      }
      #expect(throws: DisclosureControlError.invalidName) {
        _ = try LedgerAccount(population: "customers", counterpart: name)
      }
    }
    #expect(RunIdentifier(bytes: [1, 2, 3]) == nil)
  }
}
