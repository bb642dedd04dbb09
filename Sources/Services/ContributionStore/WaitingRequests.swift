#if Services
import EncryptedSum
import Primitives
import Synchronization

/// What a contributor asks for.
package enum ContributionRequest: Sendable {
  case submit(CheckedContribution)
  case replace(CheckedContribution)
  case withdraw(contributor: String)

  var contributor: String {
    switch self {
    case .submit(let contribution), .replace(let contribution): contribution.contributor
    case .withdraw(let contributor): contributor
    }
  }

  var byteCount: Int {
    switch self {
    case .submit(let contribution), .replace(let contribution): contribution.body.count
    case .withdraw: 0
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
package struct WaitingRequest: Sendable {
  let study: StudyHandle
  let request: ContributionRequest
  /// The idempotency key, or nil.
  let key: String?
  let answer: @Sendable (Result<SumLogEntry, ContributionStoreError>) -> Void

  package init(
    study: StudyHandle, request: ContributionRequest, key: String?,
    answer: @escaping @Sendable (Result<SumLogEntry, ContributionStoreError>) -> Void
  ) {
    self.study = study
    self.request = request
    self.key = key
    self.answer = answer
  }
}

/// Requests that will share the next transactions.
package final class WaitingRequests: Sendable {
  /// What waits at once, and what one transaction takes.
  package struct Limits: Sendable {
    /// More requests than this do not wait.
    package var requests: Int
    /// Nor do more bytes of bodies, but for one alone.
    package var bytes: Int
    /// Requests of one transaction.
    package var batch: Int
    /// Bytes of one transaction, but for one body alone.
    package var batchBytes: Int

    package init(
      requests: Int = 1_024, bytes: Int = 128 << 20, batch: Int = 64, batchBytes: Int = 16 << 20
    ) {
      self.requests = requests
      self.bytes = bytes
      self.batch = batch
      self.batchBytes = batchBytes
    }
  }

  private struct State {
    var requests: [WaitingRequest] = []
    var byteCount = 0
    var isDraining = false
  }
  private let limits: Limits
  private let state = Mutex(State())

  package init(_ limits: Limits = Limits()) { self.limits = limits }

  /// What became of a request that came in.
  package enum Admission {
    case refused
    case waiting
    /// The caller has to see to it that the queue is drained.
    case first
  }

  package func admit(_ request: WaitingRequest) -> Admission {
    state.withLock { state in
      let bytes = state.byteCount + request.request.byteCount
      guard state.requests.count < limits.requests, state.requests.isEmpty || bytes <= limits.bytes else {
        return .refused
      }
      state.requests.append(request)
      state.byteCount = bytes
      if state.isDraining { return .waiting }
      state.isDraining = true
      return .first
    }
  }

  /// The next batch, in the order of arrival; empty at the end, after which the next request is `first` again.
  package func take() -> [WaitingRequest] {
    state.withLock { state in
      var bytes = 0
      let end = state.requests.prefix(limits.batch).firstIndex {
        let isFirst = bytes == 0
        bytes += $0.request.byteCount
        return !isFirst && bytes > limits.batchBytes
      }
      let taken = Array(state.requests[..<(end ?? min(limits.batch, state.requests.count))])
      state.requests.removeFirst(taken.count)
      state.byteCount -= taken.reduce(0) { $0 + $1.request.byteCount }
      if taken.isEmpty { state.isDraining = false }
      return taken
    }
  }
}
#endif
