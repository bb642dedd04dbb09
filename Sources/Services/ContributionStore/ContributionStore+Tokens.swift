#if Services
import EncryptedSum
import Foundation
import Primitives
import Secrets

/// What a token lets its bearer do.
public struct TokenScope: Sendable, Hashable {
  /// The bearer's role.
  public let role: SumRole
  /// The one study that it is for; nil: all.
  public let study: [UInt8]?
  /// The bearer's name: a registrant contributes under it.
  public let name: String
  /// The first second at which it is of no use any more, since 1970.
  public let expires: Int64

  /// Takes all four.
  public init(role: SumRole, study: [UInt8]?, name: String, expires: Int64) {
    self.role = role
    self.study = study
    self.name = name
    self.expires = expires
  }

  /// Whether it is good for this in this study.
  public func permits(_ action: SumAction, in study: [UInt8]) -> Bool {
    SumRights.permits(role, action) && (self.study == nil || self.study == study)
  }
}

extension ContributionStore {
  /// Makes a token of 256 random bits in hexadecimal digits; the store keeps its SHA-256 alone. Throws `invalidRequest` for a name
  /// of other than 1 to 128 bytes or with control characters, or a registrant's token without a study.
  public func makeToken(_ scope: TokenScope) throws(ContributionStoreError) -> String {
    guard SumStudy.isName(scope.name), scope.role != .registrant || scope.study != nil else {
      throw .invalidRequest
    }
    let token = Self.hexadecimal(SystemRandom.bytes(count: 32))
    try write { db in
      try db.execute(
        "INSERT INTO token VALUES (?, ?, ?, ?, ?)",
        [
          Self.hash(token), .text(scope.role.rawValue), scope.study.map { .bytes($0) } ?? .null,
          .text(scope.name), .integer(scope.expires),
        ])
    }
    return token
  }

  /// What a token is good for; nil for an unknown, revoked or expired one. The look-up is by hash: its time says nothing of a
  /// token.
  public func scope(of token: String) throws(ContributionStoreError) -> TokenScope? {
    let time = clock()
    guard token.utf8.count == 64 else { return nil }
    return try read { db in
      let row = try db.first(
        "SELECT * FROM token WHERE hash = ? AND expires > ?", [Self.hash(token), .integer(time)])
      guard let row, let role = SumRole(rawValue: try row.text("role")) else { return nil }
      return TokenScope(
        role: role, study: try row.optionalBytes("study"), name: try row.text("name"),
        expires: Int64(try row.integer("expires")))
    }
  }

  /// Revokes a bearer's tokens of a role and gives their number.
  @discardableResult
  public func revokeTokens(role: SumRole, name: String) throws(ContributionStoreError) -> Int {
    try write { db in
      try db.execute(
        "DELETE FROM token WHERE role = ? AND name = ?", [.text(role.rawValue), .text(name)])
    }
  }

  private static func hash(_ token: String) -> StoreValue {
    .bytes(SHA256.hash(Array("hitoku sum token 1 \(token)".utf8)))
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
#endif
