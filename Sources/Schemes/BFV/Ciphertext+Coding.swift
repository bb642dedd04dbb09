import BigIntegers
import ByteCoding
import PolynomialRing
import Primitives

extension Ciphertext {
  private static var formByte: UInt8 { Form.self == Evaluation.self ? 1 : 0 }

  /// Format, digest, form, level, number of polynomials, then every row at its prime's bit width.
  public func encoded() -> [UInt8] {
    let basis = polynomials[0].basis
    var writer = ByteWriter(capacity: 64 + polynomials.count * encodedSize(basis))
    writer.begin(.ciphertext, parameters)
    writer.append(Self.formByte)
    writer.append(UInt8(level))
    writer.append(UInt8(polynomials.count))
    for polynomial in polynomials { writer.append(polynomial) }
    return writer.finish()
  }

  /// Reads a ciphertext of this form from outside.
  ///
  /// `noise` is what the protocol lets the reader assume, such as `.freshPublic(degree:)`: bytes cannot prove it. So are
  /// the level (nil: the top) and the number of polynomials, 2 or 3: operations on other shapes than the caller
  /// thinks of stop the program, so the sender must not choose them. Throws `parametersMismatch`, `malformed` for a
  /// wrong type, form, level, count, length or residue, and `transparent`.
  public init(
    decoding bytes: [UInt8], parameters: Parameters, noise: NoiseBound, level: Int? = nil,
    polynomialCount: Int = 2
  ) throws(BFVError) {
    precondition((2...3).contains(polynomialCount))
    var reader = ByteReader(bytes)
    try reader.begin(.ciphertext, parameters)
    guard try reader.byte() == Self.formByte else { throw .malformed }
    let level = level ?? parameters.topLevel
    guard Int(try reader.byte()) == level, Int(try reader.byte()) == polynomialCount else {
      throw .malformed
    }
    let basis = parameters.level(level).basis
    try reader.expect(left: polynomialCount * encodedSize(basis))
    var polynomials: [RNSPolynomial<Form>] = []
    for _ in 0..<polynomialCount { polynomials.append(try reader.polynomial(basis)) }
    self.init(parameters: parameters, polynomials: polynomials, noise: noise)
    guard !isTransparent else { throw .transparent }
  }
}

extension SeededCiphertext {
  /// The width of the power of two modulo which c0 is sent when low bits are dropped.
  private static func bodyBits(_ parameters: Parameters) -> Int? {
    let dropped = parameters.literal.uploadDroppedBits
    return dropped == 0 ? nil : parameters.modulus(atLevel: parameters.topLevel).bitWidth - dropped
  }

  /// Format, digest, seed, then c0: its rows, or ⌊2^w·c0/Q⌉ where the parameter set drops low bits.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter(capacity: 96 + encodedSize(c0.basis))
    writer.begin(.seededCiphertext, parameters)
    writer.append(bytes: seed.bytes)
    if let bits = Self.bodyBits(parameters) {
      let scaling = parameters.level(parameters.topLevel).answerScaling(bits: bits)
      writer.append(limbs: scaling.limbs(of: c0, count: parameters.degree), bits: bits)
    } else {
      writer.append(c0)
    }
    return writer.finish()
  }

  /// Reads a fresh ciphertext from outside; its noise is that of an honest fresh encryption. `support`: at most so
  /// many coefficients of the message are not zero, where the protocol says so.
  ///
  /// Throws `parametersMismatch`, or `malformed` for a wrong type, length, padding or residue. It cannot be
  /// transparent: c1 comes from the seed.
  public init(
    decoding bytes: [UInt8], parameters: Parameters, support: Int? = nil
  ) throws(BFVError) {
    var reader = ByteReader(bytes)
    try reader.begin(.seededCiphertext, parameters)
    guard let seed = Seed(bytes: try reader.bytes(Seed.byteCount)) else { throw .malformed }
    let level = parameters.level(parameters.topLevel)
    let c0: RNSPolynomial<Coefficient>
    if let bits = Self.bodyBits(parameters) {
      try reader.expect(left: encodedSize(limbsOf: parameters.degree, bits: bits))
      let limbs = try reader.limbs(count: parameters.degree, bits: bits)
      var body = RNSPolynomial<Coefficient>(zero: level.basis)
      level.answerLift(bits: bits).add(limbs, to: &body)
      c0 = body
    } else {
      try reader.expect(left: encodedSize(level.basis))
      c0 = try reader.polynomial(level.basis)
    }
    self.init(
      parameters: parameters, c0: c0, seed: seed,
      noise: .freshSecret(
        degree: parameters.degree, support: support, droppedBits: parameters.literal.uploadDroppedBits))
  }
}

extension Answer {
  /// Format, digest, extent, number of polynomials, then each at its width a coefficient. Throws `parametersMismatch` for
  /// other parameters than its own.
  public func encoded(_ parameters: Parameters) throws(BFVError) -> [UInt8] {
    guard let bits = parameters.literal.answerBits else { throw .answersUnavailable }
    guard parameterDigest == parameters.digest else { throw .parametersMismatch }
    var writer = ByteWriter(capacity: 64 + parameters.degree * bits.widths.reduce(0, +) / 8)
    writer.begin(.answer, parameters)
    writer.append(extent.rawValue)
    writer.append(UInt8(1 + others.count))
    for (limbs, width) in zip([c0] + others, bits.widths) { writer.append(limbs: limbs, bits: width) }
    return writer.finish()
  }

  /// Reads an answer from outside. Throws `answersUnavailable`, `parametersMismatch`, `malformed` or `transparent`.
  public init(decoding bytes: [UInt8], parameters: Parameters) throws(BFVError) {
    guard let bits = parameters.literal.answerBits else { throw .answersUnavailable }
    var reader = ByteReader(bytes)
    try reader.begin(.answer, parameters)
    guard let extent = Extent(rawValue: try reader.byte()) else { throw .malformed }
    let count = Int(try reader.byte())
    guard (2...bits.widths.count).contains(count) else { throw .malformed }
    let shapes = bits.widths.prefix(count).enumerated().map { index, width in
      (count: index == 0 && extent == .constant ? 1 : parameters.degree, bits: width)
    }
    try reader.expect(left: shapes.reduce(0) { $0 + encodedSize(limbsOf: $1.count, bits: $1.bits) })
    var limbs: [[UInt64]] = []
    for shape in shapes { limbs.append(try reader.limbs(count: shape.count, bits: shape.bits)) }
    guard limbs.dropFirst().contains(where: { $0.contains { $0 != 0 } }) else { throw .transparent }
    self.init(
      extent: extent, parameterDigest: parameters.digest, c0: limbs[0], others: Array(limbs.dropFirst()))
  }
}
