#if Services
import ContributionStore
import HTTPService
import Identities

/// Why the daemon does not start, or a command does nothing. Carries paths, never keys or tokens.
enum SumdError: Error {
  /// The file holds no signing key.
  case unusableKey(path: String)
  case identity(IdentityError)
  case service(HTTPServiceError)
  case store(ContributionStoreError)
}

extension SumdError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unusableKey(let path):
      "\(path) holds no signing key. Restore it from a backup: studies that name it cannot be released under another."
    case .identity(let error): "\(error). \(error.hint)"
    case .service(let error): "\(error)"
    case .store(let error): "\(error)"
    }
  }

  /// What the process ends with (sysexits(3)).
  var code: Int32 {
    switch self {
    case .service(.state), .service(.notAState), .store: 73
    default: 65
    }
  }
}
#endif
