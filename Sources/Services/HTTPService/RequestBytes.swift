#if Services
import Hummingbird
import NIOCore
import ServiceContracts

/// Reads bodies: counted as they come, whatever length the client announced, and for a limited time.
struct RequestBytes {
  /// The most that is kept.
  let limit: Int
  /// The longest time for the whole body.
  let patience: Duration
  /// Where it counts.
  let room: BodyRoom

  /// A refused body is read on to its end as long as it is no longer than this, so that the client is in a state to read the
  /// refusal; longer ones lose their connection.
  static let discarded = 1 << 20

  /// How reading ended.
  enum Outcome: Sendable {
    case whole([UInt8])
    /// More than the limit; `isOver` where all of it was read.
    case tooLarge(isOver: Bool)
    /// It did not come in time, or broke off.
    case tooSlow
    /// Other bodies and answers fill the memory that there is for them.
    case noRoom
  }

  func read(_ body: RequestBody) async -> Outcome {
    await withTaskGroup(of: Outcome.self) { group in
      group.addTask { await collect(body) }
      group.addTask {
        try? await Task.sleep(for: patience)
        return .tooSlow
      }
      let first = await group.next() ?? .tooSlow
      group.cancelAll()
      return first
    }
  }

  private func collect(_ body: RequestBody) async -> Outcome {
    var (bytes, count): ([UInt8], Int) = ([], 0)
    do {
      for try await part in body {
        count += part.readableBytes
        if count <= limit {
          guard room.take(part.readableBytes) else { return .noRoom }
          bytes.append(contentsOf: part.readableBytesView)
        } else if count > limit + Self.discarded {
          return .tooLarge(isOver: false)
        }
      }
    } catch { return .tooSlow }
    if Task.isCancelled { return .tooSlow }
    return count <= limit ? .whole(bytes) : .tooLarge(isOver: true)
  }
}
#endif
