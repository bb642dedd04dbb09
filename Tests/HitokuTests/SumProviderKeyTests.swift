#if Services
import Foundation
import ServiceClient
import ServiceContracts
import TestSupport
import Testing

@Suite struct SumProviderKeyTests {
  @Test func aDaemonWithAnotherKeyTouchesNoStudy() async throws {
    let stage = try SumStage()
    let digest = try stage.create()
    #expect(stage.stop() == 0)
    let (key, kept) = (stage.path("state/provider.key"), stage.path("kept.key"))
    try FileManager.default.moveItem(atPath: key, toPath: kept)
    // It makes itself a key of its own.
    try stage.start()
    for command in ["status", "close", "release"] {
      let ending = try stage.run(["sum", command, "study.json"] + stage.server("analyst"))
      #expect(ending.code == 69 && ending.errors.contains("another provider's key"), "\(ending.errors)")
    }
    let analyst = try stage.connection("analyst")
    let list = try await analyst.send(
      "GET", SumPath.studies.text, expecting: SumPath.json, limit: 1 << 16)
    #expect(try JSONDecoder().decode(SumStudyList.self, from: Data(list)).studies.isEmpty)
    await analyst.close()
    #expect(stage.stop() == 0)
    try FileManager.default.removeItem(atPath: key)
    try FileManager.default.moveItem(atPath: kept, toPath: key)
    try stage.start()
    let ending = try stage.run(["sum", "status", "study.json", "--json"] + stage.server("analyst"))
    #expect(ending.code == 0 && ending.output.contains(digest), "\(ending.errors)")
  }

  @Test func whatCannotBePrintedIsAFailure() throws {
    let stage = try SumStage()
    let program = try #require(RunningProgram.program("hitoku"))
    let script = "\"$0\" sum keys full-keys --contributor > /dev/full"
    let ending = try RunningProgram(
      ["sh", "-c", script, program.path()], of: "/usr/bin/env", in: stage.folder
    ).end()
    #expect(ending.code == 73 && ending.errors.contains("standard output"), "\(ending.errors)")
  }
}
#endif
