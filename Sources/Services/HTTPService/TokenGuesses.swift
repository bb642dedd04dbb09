#if Services
import Primitives
import Synchronization

/// Looks tokens up for those who may still guess: unknown tokens count where they come from, and once an address has sent too many
/// nothing is looked up for it but tokens that were good here before.
final class TokenGuesses: Sendable {
  private let tokens: any TokenBook
  private let limiter: ClientRates
  /// Digests of tokens that were somebody's when they came last.
  private let known = Mutex<Set<[UInt8]>>([])

  /// Tokens that are remembered.
  private static let places = 65_536

  /// `limiter` counts unknown tokens with other requests of an address.
  init(_ tokens: any TokenBook, _ limiter: ClientRates) {
    self.tokens = tokens
    self.limiter = limiter
  }

  /// Whose token it is. Throws `unauthorized` for nobody's, `rateLimited` after too many of those, and what the book throws.
  func client(of token: String, from address: ClientName) throws(Refusal) -> ClientName {
    let digest = SHA256.hash(Array(token.utf8))
    if limiter.isSpent(by: address), !known.withLock({ $0.contains(digest) }) { try count(address) }
    if let client = try tokens.client(of: token) {
      known.withLock { known in
        if known.count >= Self.places, let other = known.first { known.remove(other) }
        known.insert(digest)
      }
      return client
    }
    known.withLock { _ = $0.remove(digest) }
    try count(address)
    throw Refusal(.unauthorized, "The token is unknown.")
  }

  private func count(_ address: ClientName) throws(Refusal) {
    guard let seconds = limiter.refusal(of: address) else { return }
    throw Refusal(.rateLimited, "Too many unknown tokens: wait for \(seconds) s.", retryAfter: seconds)
  }
}
#endif
