import LabeledLookup
import LeakCheck
import ObliviousPRF
import ParameterFiles
import Secrets
import TestSupport
import Testing

/// A whole check without transport: oblivious PRF, then lookups.
@Suite struct LeakRequestTests {
  @Test func leakedPasswordsAreFoundWithTheirLabelsAndOthersAreNot() throws {
    let server = PRFServer(key: .random(), mode: .verifiable)
    let parameters = try ParameterFiles.lookup(named: "lookup-labels-expand")
    let salt = SystemRandom.bytes(count: 32)
    let leaked = ["123456", "password", "qwerty", "dragon"].enumerated().map {
      (LeakEntry(password: $1), LeakLabel(count: UInt64(1000 * $0 + 5), source: 3))
    }
    var items = LookupItems(parameters)
    for (output, (_, label)) in zip(try server.outputs(of: leaked.map(\.0.input)), leaked) {
      try items.append(ItemKey(output: output, salt: salt), label: label.bytes)
    }
    let builder = LookupTableBuilder(parameters, paddingKey: SystemRandom.secretBytes(count: 32))
    let table = try builder.build(items, salt: salt)

    let asked = ["dragon", "correct horse", "password", "dragon"].map { LeakEntry(password: $0) }
    let request = try LeakRequest(asked, verifying: server.publicKey)
    #expect(request.bytes.count == 32 * LeakRequest.largestCount)
    let evaluated = try server.evaluate(request.bytes)
    let outputs = try request.finish(evaluated)
    #expect(outputs.places == [0, 1, 2, 0])
    let client = try LookupClient(parameters, table: table.description)
    let lookup = LookupServer(parameters)
    let keys = try lookup.expansionKeys(client.expansionKeys)
    var results: [LookupResult] = []
    for key in outputs.keys(in: table.description) {
      let query = try client.query(key)
      let response = try lookup.answer(query.bytes, table, keys: keys)
      results.append(try query.finish(response))
    }
    #expect(
      outputs.places.map { results[$0] } == [
        .present(label: leaked[3].1.bytes), .absent, .present(label: leaked[1].1.bytes),
        .present(label: leaked[3].1.bytes),
      ])
  }

  @Test func evaluationsUnderAnotherKeyAreRefused() throws {
    let server = PRFServer(key: .random(), mode: .verifiable)
    let other = PRFServer(key: .random(), mode: .verifiable)
    let request = try LeakRequest([LeakEntry(password: "x")], verifying: server.publicKey)
    let answer = try other.evaluate(request.bytes)
    do throws(ObliviousPRFError) {
      _ = try request.finish(answer)
      Issue.record("a proof under another key was taken")
    } catch { #expect(error == .invalidProof) }
  }

  @Test func requestsHaveTheSameLengthForAnyNumberOfEntries() throws {
    let key = PRFServer(key: .random(), mode: .verifiable).publicKey
    let few = try LeakRequest((0..<2).map { LeakEntry(password: "\($0)") }, verifying: key).bytes.count
    let many = try LeakRequest((0..<1024).map { LeakEntry(password: "\($0)") }, verifying: key).bytes.count
    #expect(few == many)
    for entries in [[], (0..<1025).map { LeakEntry(password: "\($0)") }] {
      #expect(throws: LeakCheckError.entryCount) { _ = try LeakRequest(entries, verifying: key).bytes }
    }
  }
}
