#if Services
import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Primitives
import ServiceContracts
import Synchronization
import Testing

/// A service of three places.
private struct ToyRoutes: ServiceRoutes {
  enum Endpoint: String, ServiceEndpoint {
    case echo, open, closed
    var name: String { rawValue }
    var takesBody: Bool { self == .echo }
    var isOpen: Bool { self == .open }
  }

  func endpoint(for target: RequestTarget) throws(Refusal) -> Endpoint {
    guard let endpoint = target.path?.first.flatMap({ Endpoint(rawValue: $0) }) else {
      throw Refusal(.notFound)
    }
    return endpoint
  }

  func ticket(for endpoint: Endpoint, bearer: String?) -> (ticket: Void, bodyLimit: Int) { ((), 16) }

  func answer(_ endpoint: Endpoint, _ ticket: Void, _ request: ServiceRequest) -> ServiceAnswer {
    ServiceAnswer(
      mediaType: "application/octet-stream", bytes: request.body + Array(request.client.description.utf8))
  }
}

/// Keeps what is written.
private struct Collector: ResponseBodyWriter {
  final class Bytes: Sendable {
    let value = Mutex<[UInt8]>([])
  }
  let bytes: Bytes

  func write(_ buffer: ByteBuffer) async throws {
    bytes.value.withLock { $0.append(contentsOf: buffer.readableBytesView) }
  }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Knows two tokens, and counts.
private final class CountingBook: TokenBook {
  private let state = Mutex((lookups: 0, isRevoked: false, isBroken: false))

  var lookups: Int { state.withLock { $0.lookups } }
  var isRevoked: Bool {
    get { state.withLock { $0.isRevoked } }
    set { state.withLock { $0.isRevoked = newValue } }
  }
  var isBroken: Bool {
    get { state.withLock { $0.isBroken } }
    set { state.withLock { $0.isBroken = newValue } }
  }

  func client(of token: String) throws(Refusal) -> ClientName? {
    let (isRevoked, isBroken) = state.withLock { state in
      state.lookups += 1
      return (state.isRevoked, state.isBroken)
    }
    if isBroken { throw Refusal(.busy, "Later.", retryAfter: 5) }
    return !isRevoked && ["good", "better"].contains(token) ? ClientName(token: token) : nil
  }
}

@Suite struct ResponderTests {
  private let metrics = Metrics()

  private func responder(
    burst: Int = 100, bodySeconds: Int = 20, requiresToken: Bool = false, tokens: any TokenBook = Tokens(),
    bufferedBytes: Int = 1 << 20, countsTokens: Bool = false
  ) -> ServiceResponder<some ServiceRoutes> {
    ServiceResponder(
      ToyRoutes(),
      limits: ServiceLimits(
        requestsPerMinute: 60, burst: burst, bodySeconds: bodySeconds, requiresToken: requiresToken,
        bufferedBytes: bufferedBytes),
      tokens: tokens, metrics: metrics,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
      countsTokens: countsTokens, clock: { 1 })
  }

  private func ask(
    _ responder: ServiceResponder<some ServiceRoutes>, _ method: HTTPRequest.Method, _ path: String,
    _ body: RequestBody = RequestBody(buffer: ByteBuffer()),
    _ fields: HTTPFields = [.contentType: "application/octet-stream"], from ip: String = "192.0.2.7"
  ) async -> (status: Int, fields: HTTPFields, body: [UInt8], isWhole: Bool) {
    let head = HTTPRequest(method: method, scheme: "https", authority: "x", path: path, headerFields: fields)
    let address = try? SocketAddress(ipAddress: ip, port: 5)
    let response = await responder.respond(
      to: Request(head: head, body: body),
      context: ServiceContext(
        address: address, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
    let collector = Collector.Bytes()
    var isWhole = true
    do { try await response.body.write(Collector(bytes: collector)) } catch { isWhole = false }
    return (response.status.code, response.headers, collector.value.withLock { $0 }, isWhole)
  }

  private func problem(_ body: [UInt8]) throws -> Problem.Kind? {
    try JSONDecoder().decode(Problem.self, from: Data(body)).kind
  }

  /// A body that comes in pieces and may not end.
  private func stream(_ pieces: Int, of count: Int, isEndless: Bool = false) -> RequestBody {
    RequestBody(
      asyncSequence: AsyncStream<ByteBuffer> { continuation in
        for _ in 0..<pieces { continuation.yield(ByteBuffer(repeating: 7, count: count)) }
        if !isEndless { continuation.finish() }
      })
  }

  @Test func bodiesUpToTheLimitReachTheService() async throws {
    let answer = await ask(responder(), .post, "/echo?x=1", stream(4, of: 4))
    #expect(answer.status == 200)
    #expect(answer.body == [UInt8](repeating: 7, count: 16) + Array("address:192.0.2.7".utf8))
    #expect(metrics.text.contains(#"hitoku_requests_total{place="echo",status="200"} 1"#))
    #expect(metrics.text.contains(#"hitoku_request_bytes_total{place="echo"} 16"#))
  }

  @Test func bodiesAreCountedOnTheStream() async throws {
    // No length was announced; a little too long, the connection stays; far too long, it ends.
    let little = await ask(responder(), .post, "/echo", stream(5, of: 4))
    #expect(little.status == 413 && little.isWhole)
    #expect(try problem(little.body) == .tooLarge)
    let far = await ask(responder(), .post, "/echo", stream(40, of: 1 << 16))
    #expect(far.status == 413 && !far.isWhole)
    #expect(far.fields[.connection] == "close")
    // Nor are bodies read on where nobody wants them.
    let unwanted = await ask(responder(), .get, "/closed", stream(40, of: 1 << 16))
    #expect(unwanted.status == 200 && !unwanted.isWhole)
  }

  @Test func aSiteWithManyNetworksHasTheRateOfEight() async throws {
    let responder = responder(burst: 2)
    func status(_ ip: String) async -> Int { await ask(responder, .get, "/closed", from: ip).status }
    for network in 0..<8 {
      for _ in 0..<2 { #expect(await status("2001:db8:1:\(network)::5") == 200) }
    }
    #expect(await status("2001:db8:1:ffff::5") == 429, "a network that never asked")
    #expect(await status("2001:db8:2:1::5") == 200, "another site")
    #expect(await status("2001:db8:2:1:9::9") == 200)
    #expect(await status("2001:db8:2:1::5") == 429, "one network")
  }

  @Test func requestsAreCountedByTheNamesOfTokensWhereThatIsWanted() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "hitoku-tokens-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let digest = SHA256.hash(Array("1".utf8)).map { String(format: "%02x", $0) }.joined()
    try Data("shop-\"1\" \(digest)\n".utf8).write(to: file)
    let tokens = try Tokens(file: file.path())
    let bearer: HTTPFields = [.authorization: "Bearer 1"]
    _ = await ask(responder(tokens: tokens), .get, "/closed", .init(buffer: .init()), bearer)
    #expect(!metrics.text.contains("shop"), "unless it is said")
    let counting = responder(tokens: tokens, countsTokens: true)
    for _ in 0..<3 { _ = await ask(counting, .get, "/closed", .init(buffer: .init()), bearer) }
    _ = await ask(counting, .get, "/closed")
    #expect(metrics.text.contains(#"hitoku_token_requests_total{token="shop-\"1\"",status="200"} 3"#))
    #expect(!metrics.text.contains("192.0.2.7"))
  }

  @Test func slowBodiesAreGivenUp() async throws {
    let answer = await ask(responder(bodySeconds: 1), .post, "/echo", stream(1, of: 1, isEndless: true))
    #expect(answer.status == 408 && !answer.isWhole)
    #expect(try problem(answer.body) == .tooSlow)
  }

  @Test func methodsPathsAndMediaTypesAreChecked() async throws {
    let wrong = await ask(responder(), .put, "/echo")
    #expect(wrong.status == 405 && wrong.fields[.allow] == "POST")
    #expect(await ask(responder(), .post, "/open").fields[.allow] == "GET, HEAD")
    let nowhere = await ask(responder(), .get, "/nowhere")
    #expect(nowhere.status == 404 && nowhere.fields[.contentType] == "application/problem+json")
    #expect(await ask(responder(), .post, "/echo", stream(1, of: 1), [:]).status == 415)
    let typed = await ask(
      responder(), .post, "/echo", stream(1, of: 1), [.contentType: "Application/Octet-Stream; x=y"])
    #expect(typed.status == 200)
    let head = await ask(responder(), .head, "/closed")
    #expect(head.status == 200 && head.body.isEmpty && head.fields[.contentLength] == "17")
  }

  @Test func ratesAreRefusedWithATimeAndProbesHaveTheirOwn() async throws {
    let responder = responder(burst: 2)
    for _ in 0..<2 { #expect(await ask(responder, .get, "/closed").status == 200) }
    let refused = await ask(responder, .get, "/closed")
    #expect(refused.status == 429 && refused.fields[.retryAfter] == "1")
    #expect(try problem(refused.body) == .rateLimited)
    for _ in 0..<2 { #expect(await ask(responder, .get, "/open").status == 200) }
    #expect(await ask(responder, .get, "/open").status == 429)
  }

  @Test func bodiesThatFillTheMemoryAreRefusedAndGiveItBack() async throws {
    let responder = responder(bufferedBytes: 10)
    for _ in 0..<3 {
      let refused = await ask(responder, .post, "/echo", stream(3, of: 4))
      #expect(refused.status == 503 && refused.fields[.retryAfter] == "1" && !refused.isWhole)
      #expect(try problem(refused.body) == .busy)
      #expect(await ask(responder, .post, "/echo", stream(2, of: 4)).status == 200)
    }
  }

  @Test func guessedTokensCountWhereTheyComeFrom() async throws {
    let responder = responder(burst: 3)
    let guess: HTTPFields = [.authorization: "Bearer guess"]
    var statuses: [Int] = []
    for _ in 0..<4 {
      statuses.append(await ask(responder, .get, "/closed", .init(buffer: .init()), guess).status)
    }
    #expect(statuses == [401, 401, 401, 429])
    #expect(await ask(responder, .get, "/closed").status == 429)
  }

  @Test func anAddressThatGuessedTooOftenMakesTheBookOfTokensDoNothing() async throws {
    let book = CountingBook()
    let responder = responder(burst: 3, requiresToken: true, tokens: book)
    func status(_ token: String) async -> Int {
      await ask(
        responder, .get, "/closed", .init(buffer: .init()), [.authorization: "Bearer \(token)"]
      ).status
    }
    #expect(await status("good") == 200)
    for number in 0..<3 { #expect(await status("guess \(number)") == 401) }
    let count = book.lookups
    for number in 0..<5 { #expect(await status("guess \(number)") == 429) }
    #expect(await status("better") == 429)
    #expect(book.lookups == count)
    // Who was known before is not kept out by others behind the same address, until its token is nobody's.
    #expect(await status("good") == 200)
    book.isRevoked = true
    #expect(await status("good") == 429)
    let after = book.lookups
    #expect(await status("good") == 429)
    #expect(book.lookups == after)
  }

  @Test func aBookOfTokensThatCannotBeReadIsNoReasonToRefuseATokenForGood() async throws {
    let book = CountingBook()
    book.isBroken = true
    let answer = await ask(
      responder(requiresToken: true, tokens: book), .get, "/closed", .init(buffer: .init()),
      [.authorization: "Bearer good"])
    #expect(answer.status == 503 && answer.fields[.retryAfter] == "5")
    #expect(try problem(answer.body) == .busy)
  }

  @Test func tokensNameTheirHolders() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: path) }
    let digest = SHA256.hash(Array("secret".utf8)).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }
    try Data("# who\nshop \(digest.joined())\n".utf8).write(to: path)
    let responder = responder(requiresToken: true, tokens: try Tokens(file: path.path()))
    let none = await ask(responder, .get, "/closed")
    #expect(none.status == 401 && none.fields[.wwwAuthenticate] == "Bearer")
    let fields: (String) -> HTTPFields = { [.authorization: $0] }
    #expect(
      await ask(responder, .get, "/closed", .init(buffer: .init()), fields("Bearer guess")).status == 401)
    let known = await ask(responder, .get, "/closed", .init(buffer: .init()), fields("bearer secret"))
    #expect(known.body == Array("token:shop".utf8))
    #expect(await ask(responder, .get, "/open").status == 200)
    try Data("shop abc\n".utf8).write(to: path)
    #expect(throws: HTTPServiceError.malformedTokens(path: path.path(), line: 1)) {
      try Tokens(file: path.path())
    }
  }

  @Test func clientsAreAddressesAndNetworks() throws {
    func name(_ text: String) throws -> String {
      ClientName(address: try SocketAddress(ipAddress: text, port: 1)).description
    }
    #expect(try name("192.0.2.7") == "address:192.0.2.7")
    #expect(try name("::ffff:192.0.2.7") == "address:192.0.2.7")
    #expect(try name("2001:db8:0:1:2:3:4:5") == "address:2001:db8:0:1::/64")
    #expect(try name("2001:db8:0:1:ffff::1") == (try name("2001:db8:0:1::2")))
  }
}
#endif
