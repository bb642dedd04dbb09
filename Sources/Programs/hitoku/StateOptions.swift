#if Services
import ArgumentParser
import BudgetLedger
import Foundation

/// Where this installation keeps its ledger with the log of runs.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of the ledger and log; made when it is first needed.",
      discussion: "Without it: $HITOKU_STATE, else $XDG_STATE_HOME/hitoku, else ~/.local/state/hitoku.",
      valueName: "dir"))
  var state: String?

  private var folder: String {
    let environment = ProcessInfo.processInfo.environment
    if let state { return state }
    if let folder = environment["HITOKU_STATE"], !folder.isEmpty { return folder }
    if let folder = environment["XDG_STATE_HOME"], !folder.isEmpty { return folder + "/hitoku" }
    return URL.homeDirectory.appending(path: ".local/state/hitoku").path()
  }

  /// Opens the ledger, in a folder that only its owner can enter if this makes it.
  func openLedger() throws -> BudgetLedger {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandFailure(
        "cannot make \(folder).", hint: "Give --state a folder that can be made.", code: .cannotCreate)
    }
    return try explained { try BudgetLedger(path: folder + "/ledger.sqlite") }
  }
}
#endif
