import Reports
import Testing

@Suite struct CountedNounsTests {
  @Test(arguments: [
    (0, "0 lines"), (1, "1 line"), (2, "2 lines"), (12_345, "12,345 lines"), (-1, "-1 lines"),
  ])
  func nounsFollowTheirNumbers(_ count: Int, _ text: String) { #expect(counted(count, "line") == text) }

  @Test func irregularPluralsAreGiven() {
    #expect(counted(1, "entry", plural: "entries") == "1 entry")
    #expect(counted(0, "entry", plural: "entries") == "0 entries")
  }
}
