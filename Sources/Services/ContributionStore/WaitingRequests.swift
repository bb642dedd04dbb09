#if Services
import EncryptedSum
import Primitives
import Synchronization

/// What a contributor asks for.
enum ContributionRequest: Sendable {
  case submit(CheckedContribution)
  case replace(CheckedContribution)
  case withdraw(contributor: String)

  var contributor: String {
    switch self {
    case .submit(let contribution), .replace(let contribution): contribution.contributor
    case .withdraw(let contributor): contributor
    }
  }

  /// What an idempotency key stands for.
  var digest: [UInt8] {
    switch self {
    case .submit(let contribution): SHA256.hash(Array("submit".utf8) + contribution.digest)
    case .replace(let contribution): SHA256.hash(Array("replace".utf8) + contribution.digest)
    case .withdraw: SHA256.hash(Array("withdraw".utf8))
    }
  }
}

/// A request on its way to the disk, with whoever waits for it.
struct WaitingRequest: Sendable {
  let study: StudyHandle
  let request: ContributionRequest
  /// The idempotency key, or nil.
  let key: String?
  let answer: @Sendable (Result<SumLogEntry, ContributionStoreError>) -> Void
}

/// Requests that will share the next transactions.
final class WaitingRequests: Sendable {
  /// More requests than this do not wait: their bodies would fill the memory.
  static let limit = 1_024
  /// Requests of one transaction: some ten megabytes.
  static let batch = 64

  private struct State {
    var requests: [WaitingRequest] = []
    var isDraining = false
  }
  private let state = Mutex(State())

  /// What became of a request that came in.
  enum Admission {
    case refused
    case waiting
    /// The caller has to see to it that the queue is drained.
    case first
  }

  func admit(_ request: WaitingRequest) -> Admission {
    state.withLock { state in
      guard state.requests.count < Self.limit else { return .refused }
      state.requests.append(request)
      if state.isDraining { return .waiting }
      state.isDraining = true
      return .first
    }
  }

  /// The next batch, in the order of arrival; empty at the end, after which the next request is `first` again.
  func take() -> [WaitingRequest] {
    state.withLock { state in
      let taken = Array(state.requests.prefix(Self.batch))
      state.requests.removeFirst(taken.count)
      if taken.isEmpty { state.isDraining = false }
      return taken
    }
  }
}
#endif
