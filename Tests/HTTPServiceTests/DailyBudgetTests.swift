#if Services
import Foundation
import HTTPService
import NIOCore
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

  @Test func aSiteWithManyNetworksHasTheBudgetOfEightAlsoAfterAKill() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    func client(_ ip: String) throws -> ClientName {
      ClientName(address: try SocketAddress(ipAddress: ip, port: 1))
    }
    var budget = try DailyBudget(limit: 100, path: path) { 0 }
    for network in 1...8 {
      #expect(try budget.refusal(of: try client("2001:db8:1:\(network)::1"), amount: 100) == nil)
    }
    let ninth = try client("2001:db8:1:9::1")
    #expect(ninth.site?.description == "address:2001:db8:1::/48")
    #expect(try budget.refusal(of: ninth, amount: 1) == 86_400)
    #expect(try budget.refusal(of: try client("2001:db8:2:9::1"), amount: 100) == nil, "another site")
    budget = try DailyBudget(limit: 100, path: path) { 0 }
    #expect(try budget.refusal(of: ninth, amount: 1) != nil)
    #expect(try client("192.0.2.1").site == nil && one.site == nil)
  }

  @Test func aSiteWithManyNetworksHasTheConnectionsOfEight() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let connections = ClientConnections(limit: 2)
    func client(_ network: Int) throws -> ClientName {
      ClientName(address: try SocketAddress(ipAddress: "2001:db8:1:\(network)::1", port: 1))
    }
    for network in 0..<8 {
      let name = try client(network)
      #expect(connections.take(name) && connections.take(name) && !connections.take(name))
    }
    let ninth = try client(9)
    #expect(!connections.take(ninth))
    connections.release(try client(3))
    #expect(connections.take(ninth) && !connections.take(ninth))
  }

  @Test func aClockThatIsSetBackGivesNobodyANewDay() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let hands = Hands(86_400 * 20_000 + 5)
    let budget = try DailyBudget(limit: 10, path: path) { hands.now }
    #expect(try budget.refusal(of: one, amount: 10) == nil)
    for shift in [-10.0, 10] {
      hands.now += shift
      #expect(try budget.refusal(of: one, amount: 1) != nil)
    }
    hands.now += 86_400
    #expect(try budget.refusal(of: one, amount: 10) == nil)
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
