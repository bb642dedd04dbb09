#if Services
import Paillier
import PaillierFiles

extension CommandFailure {
  /// Of a key's file.
  init(key error: PaillierFilesError, _ path: String) {
    self.init(
      "\(path): \(error).", hint: "Is it a key of python-paillier or of hitoku paillier keygen?", code: .data)
  }

  /// Of a file of encrypted numbers.
  init(numbers error: PaillierFilesError, _ path: String) {
    let hint =
      switch error.cause {
      case .rejected(.mayOverflow), .rejected(.exponentsTooFarApart):
        "Its sums or its exponents leave no room: add fewer lines, of one kind of number."
      case .otherKey: "Give the key that the numbers were encrypted under."
      case .implausible, .rejected(.overflow):
        "Is it the right key? A line without \"k\" does not tell. If its number is known to be this large, "
          + "state its bound there: \"b\": \"decimal\"."
      default: "Is it a file of python-paillier or of hitoku paillier, for this key?"
      }
    self.init("\(path): \(error).", hint: hint, code: .data)
  }
}

/// Runs a step of the scheme; its errors name numbers from 1.
func refusing<R: ~Copyable>(_ body: () throws -> R) throws -> R {
  do { return try body() } catch let error as PaillierError {
    let hint =
      switch error {
      case .mayOverflow: "Add fewer or smaller numbers."
      case .exponentsTooFarApart: "Encrypt with the same --exponent."
      case .ciphertextNotInvertible: "This key is malformed, its factors are found by chance: do not use it."
      default: "Are all files under this key, and numbers below 2^384?"
      }
    throw CommandFailure("\(error).", hint: hint, code: .data)
  }
}
#endif
