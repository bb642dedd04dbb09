#if Services
import HTTPService
import Identities
import LeakDatabase

/// Why the daemon does not start, or stays with what it has. Carries paths, never keys.
enum LeakdError: Error {
  /// None of the keys is the one that the database was built with.
  case wrongKey(database: String)
  /// The file holds no OPRF key.
  case unusableKey(path: String)
  /// A query of the daemon's own was not answered as it must be.
  case failedCheck(database: String)
  /// A range file beside a database that is not of published passwords.
  case rangeOfPrivateList
  /// Of a database without items every answer is no, whatever is asked.
  case emptyDatabase(path: String)
  /// A range file that was cut or changed, or is none.
  case damagedRangeFile(path: String)
  case database(LeakDatabaseError)
  case identity(IdentityError)
  case service(HTTPServiceError)
}

extension LeakdError: CustomStringConvertible {
  var description: String {
    switch self {
    case .wrongKey(let database):
      "\(database) was built with another OPRF key. Give --oprf-key the file that 'hitoku leak build' was given."
    case .unusableKey(let path): "\(path) holds no OPRF key. Make one with: hitoku leak key FILE"
    case .failedCheck(let database):
      "\(database) does not answer a query as it must. Build the database again with this version of Hitoku."
    case .rangeOfPrivateList:
      "the range interface gives lists away: it is refused beside credentials and private lists. Leave --range-file out."
    case .emptyDatabase(let path):
      "\(path) holds no items: nothing would ever be found in it. Check the list and its format, and build again."
    case .damagedRangeFile(let path):
      "\(path) is no range file, or a damaged one. Make or copy it again: hitoku leak build --range"
    case .database(let error): "\(error)"
    case .identity(let error): "\(error). \(error.hint)"
    case .service(let error): "\(error)"
    }
  }
}
#endif
