#if Services
import Foundation
import TestSupport
import Testing

/// What databases, range files and servers say of themselves.
@Suite(.serialized) struct LeakInfoTests {
  private func facts(_ ending: RunningProgram.Ending) throws -> [String: Any] {
    #expect(ending.code == 0, "\(ending.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
    return try #require(object?["facts"] as? [String: Any])
  }

  @Test func aDatabaseAndItsServerSayTheSame() throws {
    let stage = try LeakStage()
    try stage.write("words.txt", ["word1", "word2"])
    try stage.serve(
      "words.txt",
      build: ["--format", "words", "--set", "lookup-labels-expand", "--source", "test words", "--batch"])
    let folder = try facts(try stage.run(["leak", "info", "db", "--json"]))
    let server = try facts(
      try stage.run([
        "leak", "info", "--server", "127.0.0.1:\(stage.port)", "--peer", "server/certificate.pem", "--json",
      ]))
    let key = try String(contentsOfFile: stage.path("oprf.key.pub"), encoding: .utf8)
    #expect(folder["public_key"] as? String == key.trimmingCharacters(in: .newlines))
    #expect(folder["items"] as? Int == 2 && folder["kind"] as? String == "sha1")
    #expect(folder["sources"] as? [String] == ["test words"] && folder["is_private"] as? Bool == false)
    #expect(folder["lookup_false_positive_log2"] as? Double == -44.3)
    #expect(folder["batch_false_positive_log2"] as? Double == -40.5)
    #expect(folder["tables_bytes"] as? Int ?? 0 > 1_000_000)
    #expect(server["lookup_upload_bytes"] as? Int == 172_116)
    for name in ["version", "public_key", "items", "kind", "lookup_set", "batch_set", "label_bytes"] {
      #expect(server[name] as? NSObject == folder[name] as? NSObject, "\(name)")
    }
    let text = try stage.run(["leak", "info", "db"]).output
    #expect(text.contains("test: a database for private lookups\n2 items, "), "\(text)")
    #expect(text.contains("below 2^-44.3 a query"))
  }

  @Test func rangeFilesSayWhatTheyGiveAway() throws {
    let stage = try LeakStage()
    try stage.write("hashes.txt", ["5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824"])
    try stage.expectSuccess(["leak", "build", "--range", "hashes.range", "--work", "rw", "hashes.txt"])
    let range = try facts(try stage.run(["leak", "info", "hashes.range", "--json"]))
    #expect(range["kind"] as? String == "range-sha1" && range["items"] as? Int == 1)
    #expect(try stage.run(["leak", "info", "hashes.range"]).output.contains("publishes its list"))
  }

  @Test func whatIsDamagedOrNoneOfTheseIsRefused() throws {
    let stage = try LeakStage()
    try stage.write("words.txt", ["word1"])
    try stage.expectSuccess([
      "leak", "build", "--key", "oprf.key", "--work", "work", "--out", "db", "--name", "x", "--format",
      "words",
      "--set", "lookup-bucket-n1024", "words.txt",
    ])
    #expect(try stage.run(["leak", "info", "db"]).code == 0)
    let url = URL(filePath: stage.path("db/tables.bin"))
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: url.path())
    try bytes.write(to: url)
    let damaged = try stage.run(["leak", "info", "db"])
    #expect(damaged.code == 65 && damaged.errors.contains("tables.bin"), "\(damaged.errors)")
    for path in ["words.txt", "work", "nothing"] {
      let ending = try stage.run(["leak", "info", path])
      #expect(ending.code == 65 && ending.output.isEmpty, "\(path): \(ending.errors)")
    }
    #expect(try stage.run(["leak", "info"]).code == 64)
    #expect(try stage.run(["leak", "info", "db", "--server", "localhost:1"]).code == 64)
    #expect(try stage.run(["leak", "info", "db", "--peer", "x"]).code == 64)
  }
}
#endif
