import ByteCoding
import PolynomialRing
import Primitives

extension PublicKey {
  /// Format, digest, seed of a, then b.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: 96 + encodedSize(b.basis))
    writer.begin(.publicKey, parameters)
    writer.append(bytes: seed.bytes)
    writer.append(b)
    return writer.finish()
  }

  /// Reads a key from outside. Throws `parametersMismatch` or `malformed`.
  public init(decoding bytes: [UInt8], parameters: Parameters) throws(BFVError) {
    var reader = ByteReader(bytes)
    try reader.begin(.publicKey, parameters)
    guard let seed = Seed(bytes: try reader.bytes(Seed.byteCount)) else { throw .malformed }
    let basis = parameters.level(parameters.topLevel).basis
    try reader.expect(left: encodedSize(basis))
    self.init(parameters: parameters, b: try reader.polynomial(basis), seed: seed)
  }
}

extension KeySwitchingKey {
  static func encodedSize(_ parameters: Parameters) -> Int {
    Seed.byteCount + digitCount(parameters) * BFV.encodedSize(parameters.keyBasis)
  }

  func append(to writer: inout ByteWriter) {
    writer.append(bytes: seed.bytes)
    for part in parts { writer.append(part.0) }
  }

  init(from reader: inout ByteReader, _ parameters: Parameters) throws(BFVError) {
    guard let seed = Seed(bytes: try reader.bytes(Seed.byteCount)) else { throw .malformed }
    var bodies: [RNSPolynomial<Evaluation>] = []
    for _ in 0..<Self.digitCount(parameters) { bodies.append(try reader.polynomial(parameters.keyBasis)) }
    self.init(bodies: bodies, seed: seed)
  }
}

extension RelinearizationKey {
  /// Format, digest, seed, then the body of every digit.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: 64 + KeySwitchingKey.encodedSize(parameters))
    writer.begin(.relinearizationKey, parameters)
    key.append(to: &writer)
    return writer.finish()
  }

  /// Reads a key from outside. Throws `keySwitchingUnavailable`, `parametersMismatch` or `malformed`.
  public init(decoding bytes: [UInt8], parameters: Parameters) throws(BFVError) {
    guard parameters.hasSpecialModulus else { throw .keySwitchingUnavailable }
    var reader = ByteReader(bytes)
    try reader.begin(.relinearizationKey, parameters)
    try reader.expect(left: KeySwitchingKey.encodedSize(parameters))
    self.init(parameters: parameters, key: try KeySwitchingKey(from: &reader, parameters))
  }
}

extension GaloisKeys {
  /// Format, digest, number of keys, then for each in ascending order its exponent, seed and bodies.
  public func encoded() -> [UInt8] {
    let size = 4 + KeySwitchingKey.encodedSize(parameters)
    var writer = ByteWriter(capacity: 64 + keys.count * size)
    writer.begin(.galoisKeys, parameters)
    writer.append(UInt32(keys.count))
    for (element, key) in keys.sorted(by: { $0.key.exponent < $1.key.exponent }) {
      writer.append(UInt32(element.exponent))
      key.append(to: &writer)
    }
    return writer.finish()
  }

  /// Reads keys from outside. Throws `keySwitchingUnavailable`, `parametersMismatch`, or `malformed`, also for exponents
  /// that are even, out of range, repeated or out of order.
  public init(decoding bytes: [UInt8], parameters: Parameters) throws(BFVError) {
    guard parameters.hasSpecialModulus else { throw .keySwitchingUnavailable }
    var reader = ByteReader(bytes)
    try reader.begin(.galoisKeys, parameters)
    let count = Int(try reader.word())
    guard count <= parameters.degree else { throw .malformed }
    try reader.expect(left: count * (4 + KeySwitchingKey.encodedSize(parameters)))
    var keys: [GaloisElement: KeySwitchingKey] = [:]
    var previous = 0
    for _ in 0..<count {
      let exponent = Int(try reader.word())
      guard exponent > previous,
        let element = try? GaloisElement(exponent: exponent, degree: parameters.degree)
      else { throw .malformed }
      keys[element] = try KeySwitchingKey(from: &reader, parameters)
      previous = exponent
    }
    self.init(parameters: parameters, keys: keys)
  }
}
