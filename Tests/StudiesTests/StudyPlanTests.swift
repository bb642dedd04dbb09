import DisclosureControl
import Studies
import Testing

@Suite struct StudyPlanTests {
  @Test func shapeAndPriceFollowFromTheStudy() throws {
    let plan = try study(fullStudy).plan()
    #expect(
      plan.groups == [
        ["young", "f"], ["young", "m"], ["young", "x"], ["old", "f"], ["old", "m"], ["old", "x"],
      ])
    #expect(plan.cells == [["Edo"], ["Naniwa"], ["elsewhere"]])
    #expect(
      plan.releases.map(\.content) == [.count, .sum(measure: 0), .squares(measure: 0), .sum(measure: 1)])
    #expect(plan.releases.map(\.release.sensitivity) == [3, 3 * 2000, 3 * 4_000_000, 27])
    let dummies = try #require(plan.dummies)
    #expect(dummies.shift == 53 && plan.providerLength == 200 + 6 * 106)
    #expect(plan.hashLength(group: 0) == 40 + 106)
    // 836 points against 876 hashes.
    #expect(plan.hashBits == 10 + 10 + 40)
    #expect(plan.matchCost.epsilon.micros == 500_000 && plan.matchCost.delta <= Delta(powerOfHalf: 40))
    #expect(plan.cellsCost.epsilon.micros == 1_000_000)
    #expect(plan.cellsCost.delta == Delta(powerOfHalf: 41) + Delta(powerOfHalf: 40))
    #expect(plan.cost.epsilon.micros == 1_500_000 && plan.cost.delta < Delta(powerOfHalf: 38))
  }

  @Test func rangesHoldTheSumsOfTheLargestGroup() throws {
    let release = try study(fullStudy).plan().releases[1].release
    // 40 ids with 3 rows each.
    #expect(release.low == -150 * 120 && release.high == 2000 * 120)
    #expect(release.radix == UInt64(2150 * 120 + 2 * release.noiseBound + 1))
    let bounds = try study(fullStudy).plan().releases.map(\.release)
    let failure = bounds.reduce(0.0) { sum, release in
      sum + 18 * Double(release.noise?.tail(beyond: release.noiseBound).units ?? 0)
    }
    #expect(failure <= Double(Delta(powerOfHalf: 41).units) + 80)
  }

  @Test func exactStudiesHaveNoNoiseAndNoPrice() throws {
    let plan = try changed("{\"epsilon\": {\"match\": 0.5, \"cells\": 1}, \"delta\": \"2^-38\"}", "\"exact\"")
      .plan()
    #expect(plan.dummies == nil && plan.cost == .zero && plan.providerLength == 200)
    #expect(plan.releases.allSatisfy { $0.release.noise == nil && $0.release.noiseBound == 0 })
  }

  /// Squares of a million, three rows of an id: more than 2^40 units.
  @Test func totalsThatNoTableHoldsAreRefusedWithTheField() throws {
    let study = try changed(
      "\"maximum\": 9, \"statistics\": [\"mean\"]", "\"maximum\": 1000000, \"statistics\": [\"variance\"]")
    #expect {
      _ = try study.plan()
    } throws: { error in
      guard case .conflict(field: "measures", _) = error as? StudyError else { return false }
      return true
    }
  }

  @Test func countingNeedsNoTable() throws {
    let plan = try study(
      """
      {"format": 1, "name": "n", "mode": "count", "population": "p", "id": {"kind": "plain"},
       "analyst": {"id_column": "id", "maximum_ids": 1048576},
       "provider": {"id_column": "id", "maximum_ids": 1048576},
       "privacy": {"epsilon": {"match": 1}, "delta": "2^-40"}}
      """
    ).plan()
    #expect(plan.releases.isEmpty && plan.groups == [[]] && plan.cells == [[]])
    #expect(plan.cellsCost == .zero && plan.dummies?.shift == 27)
    #expect(plan.providerLength == 1_048_576 + 54 && plan.hashBits == 21 + 21 + 40)
  }

  @Test func offsetsAndCodesAreUnderstood() throws {
    let offset = try changed(
      "\"minimum\": 0, \"maximum\": 9,", "\"minimum\": 7, \"maximum\": 9, \"encoding\": \"offset\",")
    #expect(try offset.plan().releases[3].release.sensitivity == 3 * 2)
    let codes = try changed("[\"young\", \"old\"]", "[1, 2.50, -3]")
    #expect(codes.analyst.groups[0].values == ["1", "2.5", "-3"])
  }
}
