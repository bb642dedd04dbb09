#if Services
import BudgetLedger
import CrossStatistics
import DisclosureControl
import Identities
import PrivateComparison
import Studies
import Tables
import Transport

/// An error with a hint and an exit code, as every command ends with.
struct CommandFailure: Error, CustomStringConvertible {
  /// What the process ends with (values of sysexits(3), and 128 + SIGINT).
  enum Code: Int32 {
    case failed = 1
    case usage = 64
    case data = 65
    case unavailable = 69
    case cannotCreate = 73
    case protocolBroken = 76
    case noPermission = 77
    case interrupted = 130
  }

  let code: Code
  let description: String

  init(_ problem: String, hint: String? = nil, code: Code = .failed) {
    self.code = code
    description = hint.map { "\(problem)\nHint: \($0)" } ?? problem
  }

  /// Of an error of any room.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case is CancellationError: self.init("the run was stopped", code: .interrupted)
    case let error as TransportError:
      self.init("\(error)", hint: error.hint, code: error == .cancelled ? .interrupted : .unavailable)
    case let error as IdentityError: self.init("\(error)", hint: error.hint, code: .data)
    case let error as StudyError: self.init("\(error)", code: .data)
    case let error as StudyTableError: self.init("\(error)", code: .data)
    case let error as TableError:
      if case .writeFailed = error {
        self.init("\(error)", code: .cannotCreate)
      } else {
        self.init("\(error)", code: .data)
      }
    case let error as BudgetLedgerError: self.init(error)
    case CrossStatisticsError.invalidMessage, CrossStatisticsError.studyMismatch:
      self.init(
        "the other side sent what no correct program sends.",
        hint: "Run the same version of Hitoku on both sides; if they do, the other side misbehaves.",
        code: .unavailable)
    case CrossStatisticsError.shapeOutOfRange:
      self.init(
        "the study asks for more than one run can compute.",
        hint: "Use fewer groups, cells or measures, tighter bounds, or smaller caps.", code: .data)
    case let error as ComparisonError:
      let isOwn = [.shapeOutOfRange, .differentTerms, .differentRowCounts, .noRows].contains(error)
      self.init("\(error)", hint: error.hint, code: isOwn ? .data : .unavailable)
    default: self.init("\(error)", hint: nil)
    }
  }

  /// Of a comparison's: its terms stand where a run of matching has its study, and the other side may have been the first
  /// to see that they differ, or that the numbers of rows do.
  init(comparing error: any Error) {
    switch error {
    case TransportError.studyMismatch, TransportError.peerAborted(.studyMismatch):
      self.init(ComparisonError.differentTerms)
    case TransportError.peerAborted(.differentRowCounts): self.init(ComparisonError.differentRowCounts)
    default: self.init(error)
    }
  }

  private init(_ error: BudgetLedgerError) {
    guard case .refused = error else {
      self.init("\(error)", hint: "Is --state the right folder?")
      return
    }
    self.init(
      "\(error)",
      hint:
        "'hitoku psi ledger show' prints what is left; 'hitoku psi ledger budget' sets what may be spent.",
      code: .noPermission)
  }
}

/// Runs `body`, and turns whatever it throws into an error with a hint and an exit code.
func explained<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
  do { return try body() } catch { throw CommandFailure(error) }
}
#endif
