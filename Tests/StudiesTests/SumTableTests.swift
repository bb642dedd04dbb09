import EncryptedSum
import Primitives
import Studies
import Tables
import Testing

@Suite struct SumTableTests {
  private func study(rows: Int = 3) throws -> SumStudy {
    return try SumStudy(
      title: "Wages", scheme: .bfv(parameterSet: "sum-n4096"),
      fields: [
        SumField(column: "wage", decimals: 2, minimum: -100, maximum: 20_000),
        SumField(column: "age", minimum: 14, maximum: 99),
      ],
      categories: [SumCategory(column: "sex", labels: ["f", "m"])],
      limits: SumLimits(minimumContributors: 2, maximumContributors: 9, maximumRows: rows),
      period: SumPeriod(opening: 0, closing: 1),
      keys: SumKeys(
        analyst: SigningKey().publicKey, provider: SigningKey().publicKey, auditor: SigningKey().publicKey,
        encryptionKey: [UInt8](repeating: 0, count: 32)))
  }

  private func read(_ lines: String..., rows: Int = 3) throws -> [SumRow] {
    let text = lines.joined(separator: "\r\n") + "\r\n"
    return try SumTable(CSVReader(ByteSource(bytes: Array(text.utf8))), study: study(rows: rows)).rows
  }

  private func error(_ lines: String..., rows: Int = 3) -> StudyTableError? {
    let text = lines.joined(separator: "\n")
    do {
      _ = try SumTable(CSVReader(ByteSource(bytes: Array(text.utf8))), study: study(rows: rows))
      return nil
    } catch { return error as? StudyTableError }
  }

  @Test func columnsAreFoundByNameAndNumbersBecomeUnits() throws {
    let rows = try read("note,sex,age,wage", "x,m,14,200", ",f,99,-1", "y,m,20,0.005")
    #expect(rows.map(\.labels) == [[1], [0], [1]])
    #expect(rows.map { $0.values[1] } == [14, 99, 20])
    #expect(rows.map { $0.values[0] }.prefix(2) == [20_000, -100])
    #expect(try read("wage,age,sex").isEmpty)
  }

  @Test func theFirstRowThatIsNoneOfTheStudysIsNamedByItsLine() {
    let header = "wage,age,sex"
    #expect(error(header, "1,20,f", "200.01,20,f") == .outOfRange(line: 3, column: "wage"))
    #expect(error(header, "1,13,f") == .outOfRange(line: 2, column: "age"))
    #expect(error(header, "one,20,f") == .invalidMeasure(line: 2, column: "wage"))
    #expect(error(header, ",20,f") == .invalidMeasure(line: 2, column: "wage"))
    #expect(error(header, "1e3,20,f") != nil)
    #expect(error(header, "1,20,F") == .unknownCategory(line: 2, column: "sex"))
    #expect(error(header, "1,20,") == .unknownCategory(line: 2, column: "sex"))
  }

  @Test func moreRowsThanTheStudyTakesAreRefused() throws {
    #expect(try read("wage,age,sex", "1,20,f", "1,20,f", rows: 2).count == 2)
    #expect(error("wage,age,sex", "1,20,f", "1,20,f", "1,20,f", rows: 2) == .tooManyRows(maximum: 2))
  }

  @Test func aTableWithoutAColumnOfTheStudyIsRefused() {
    guard case .table? = error("wage,age", "1,20") else {
      Issue.record("a table without a column was read")
      return
    }
  }
}
