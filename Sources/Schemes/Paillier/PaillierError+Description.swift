extension PaillierError {
  /// Which of several values is meant, from 0, where the error is about one.
  public var index: Int? {
    switch self {
    case .ciphertextOutOfRange(let index), .ciphertextNotInvertible(let index), .valueOutOfRange(let index),
      .overflow(let index), .notRepresentable(let index):
      index
    default: nil
    }
  }

  /// What is wrong, in one clause, without saying which value is meant.
  public var clause: String {
    switch self {
    case .invalidKey(let field, let problem): "the key's \(field.rawValue) \(problem.clause)"
    case .ciphertextOutOfRange: "the ciphertext is 0, or n² or more, as none under this key is"
    case .ciphertextNotInvertible: "the ciphertext has a common factor with n, as none under this key has"
    case .valueOutOfRange: "the value is too large for this key and exponent"
    case .mayOverflow: "the result might be too large for this key"
    case .overflow: "the decrypted number is out of range: a sum overflowed, or it was made under another key"
    case .exponentOutOfRange(let exponent): "the exponent \(exponent) is out of range"
    case .exponentsTooFarApart: "the exponents lie too far apart to be brought to one"
    case .notRepresentable: "the decrypted number is too large for a double or an integer"
    case .differentKeys: "the numbers are under different keys"
    case .differentCounts(let one, let other):
      "there are \(one) numbers on one side and \(other) on the other"
    case .tooManyAddends(let count, let maximum): "\(count) addends, where there is room for \(maximum)"
    case .proofRejected(let proof): "the proof that \(proof.claim) does not hold"
    case .malformed(let encoding): "the bytes are no \(encoding.noun)"
    }
  }
}

extension PaillierError: CustomStringConvertible {
  /// The clause, with the value's number, from 1, where it is about one.
  public var description: String { index.map { "number \($0 + 1): \(clause)" } ?? clause }
}

extension PaillierError.KeyProblem {
  fileprivate var clause: String {
    switch self {
    case .tooShort(let bits): "has \(bits) bits, fewer than 2048"
    case .tooLong(let bits): "has \(bits) bits, more than 4096"
    case .even: "is even"
    case .prime: "is a prime number"
    case .perfectPower: "is a power of another number"
    case .smallFactor: "has a small factor"
    case .notAFactor: "is no prime factor of the modulus as a key has it"
    case .doesNotOpen: "does not belong to the rest of the key"
    }
  }
}

extension PaillierError.Proof {
  fileprivate var claim: String {
    switch self {
    case .blumModulus: "the modulus is a product of two Blum primes"
    case .noSmallFactor: "the modulus has no small factor"
    case .auxiliaryParameters: "the parameters are well-formed"
    case .range: "the value is in its range"
    }
  }
}

extension PaillierError.Encoding {
  fileprivate var noun: String {
    switch self {
    case .publicKey: "public key"
    case .ciphertexts: "ciphertexts under this key"
    case .rangeProof: "range proof"
    case .blumProof, .factorProof, .keyProof: "proof of this key's shape"
    case .auxiliaryParameters: "parameters for proofs of keys"
    }
  }
}
