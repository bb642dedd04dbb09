#if Services
import Foundation
import HTTPService
import Testing

@Suite struct DailyBudgetTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "hitoku-budget-\(UUID().uuidString)")
  private var path: String { folder.appending(path: "budgets.sqlite").path() }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private let one = ClientName(token: "one")

  @Test func aDayIsRefusedAfterItsBudgetAndTheNextBeginsAnew() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let hands = Hands(86_400 * 20_000 + 86_000)
    let budget = try DailyBudget(limit: 100, path: path) { hands.now }
    #expect(try budget.refusal(of: one, amount: 99) == nil)
    #expect(try budget.refusal(of: one, amount: 2) == 400, "400 s before midnight")
    #expect(try budget.refusal(of: one, amount: 1) == nil, "a refusal takes nothing")
    #expect(try budget.refusal(of: one, amount: 1) == 400)
    #expect(try budget.refusal(of: ClientName(token: "two"), amount: 100) == nil)
    hands.now += 400
    #expect(try budget.refusal(of: one, amount: 100) == nil)
  }

  @Test func aKillForgetsNothingAndAStopIsExact() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let hands = Hands(86_400 * 20_000 + 5)
    let (limit, step) = (1600, 100)
    var budget = try DailyBudget(limit: limit, path: path) { hands.now }
    for _ in 0..<777 { #expect(try budget.refusal(of: one, amount: 1) == nil) }
    // Without settling, as after a kill.
    budget = try DailyBudget(limit: limit, path: path) { hands.now }
    var left = 0
    while try budget.refusal(of: one, amount: 1) == nil { left += 1 }
    #expect((limit - 777 - step...limit - 777).contains(left), "left \(left)")
    try FileManager.default.removeItem(atPath: path)
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    budget = try DailyBudget(limit: limit, path: path) { hands.now }
    for _ in 0..<777 { #expect(try budget.refusal(of: one, amount: 1) == nil) }
    try budget.settle()
    budget = try DailyBudget(limit: limit, path: path) { hands.now }
    #expect(try budget.refusal(of: one, amount: limit - 777) == nil)
    #expect(try budget.refusal(of: one, amount: 1) != nil)
  }

  @Test func theFileIsItsOwnersAndOtherFilesAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try DailyBudget(limit: 1, path: path) { 0 }
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let other = folder.appending(path: "other").path()
    try Data("This is no database, and long enough to have no header.".utf8).write(to: URL(filePath: other))
    #expect(throws: HTTPServiceError.notAState(path: other)) { try DailyBudget(limit: 1, path: other) { 0 } }
  }
}
#endif
