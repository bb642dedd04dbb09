/// Which columns of a password manager's CSV export hold what. Known by their headers, in any order and case: Chrome, Edge,
/// Firefox, Bitwarden, 1Password, and any with the same names.
public struct PasswordExport: Sendable, Hashable {
  /// The column of passwords.
  public let password: Int
  /// The column of user names, if there is one.
  public let user: Int?
  /// The column that tells entries apart for people: a title, else an address.
  public let name: Int?

  /// Throws `unknownExport` where no column is one of passwords, or two are.
  public init(header: [String]) throws(LeakCheckError) {
    let names = header.map { $0.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "\u{FEFF}" } }
    func column(_ wanted: [String]) -> Int? {
      for name in wanted { if let index = names.firstIndex(of: name) { return index } }
      return nil
    }
    let passwords = names.indices.filter { ["password", "loginpassword"].contains(names[$0]) }
    guard passwords.count == 1, let password = passwords.first else { throw .unknownExport }
    self.password = password
    user = column(["username", "loginusername", "user", "login", "email"])
    name = column(["name", "title", "url", "loginuri", "website", "hostname"])
  }
}
