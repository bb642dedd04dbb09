extension Circuit {
  /// AES-128 (FIPS 197): inputs key and plaintext, output ciphertext, 6,400 AND gates. The order of wires is the published one of
  /// Bristol Fashion: a string of 16 bytes is one big-endian number, whose lowest bit is the first wire.
  public static func aes128() -> Circuit {
    var builder = CircuitBuilder()
    var roundKey = AESState(number: builder.input(128))
    var state = AESState(number: builder.input(128))
    state.add(roundKey, &builder)
    for round in 1...10 {
      state.substitute(&builder)
      state.shiftRows()
      if round < 10 { state.mixColumns(&builder) }
      roundKey.advanceKey(round, &builder)
      state.add(roundKey, &builder)
    }
    builder.output(state.number)
    return builder.finish()
  }
}

/// Sixteen bytes of eight wires, lowest bit first: a state or a round key.
private struct AESState {
  private var bytes: [Word]

  init(number: Word) { bytes = (0..<16).map { byte in Array(number[8 * (15 - byte)..<8 * (16 - byte)]) } }

  var number: Word { bytes.reversed().flatMap { $0 } }

  mutating func add(_ key: AESState, _ builder: inout CircuitBuilder) {
    for index in 0..<16 { bytes[index] = builder.xor(bytes[index], key.bytes[index]) }
  }

  mutating func substitute(_ builder: inout CircuitBuilder) {
    for index in 0..<16 { bytes[index] = SBox.substitute(bytes[index], &builder) }
  }

  mutating func shiftRows() {
    let old = bytes
    for index in 0..<16 { bytes[index] = old[(index + 4 * (index % 4)) % 16] }
  }

  mutating func mixColumns(_ builder: inout CircuitBuilder) {
    for column in stride(from: 0, to: 16, by: 4) {
      let old = Array(bytes[column..<column + 4])
      let sum = old.dropFirst().reduce(old[0]) { builder.xor($0, $1) }
      for row in 0..<4 {
        // 2·a + 3·b + c + d = (a + b + c + d) + a + 2·(a + b)
        let doubled = Self.double(builder.xor(old[row], old[(row + 1) % 4]), &builder)
        bytes[column + row] = builder.xor(builder.xor(sum, old[row]), doubled)
      }
    }
  }

  /// The round key after this one.
  mutating func advanceKey(_ round: Int, _ builder: inout CircuitBuilder) {
    let constants: [UInt64] = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1B, 0x36]
    for row in 0..<4 {
      var word = SBox.substitute(bytes[12 + (row + 1) % 4], &builder)
      if row == 0 {
        word = builder.xor(word, CircuitBuilder.constant(constants[round - 1], width: 8))
      }
      bytes[row] = builder.xor(bytes[row], word)
    }
    for index in 4..<16 { bytes[index] = builder.xor(bytes[index], bytes[index - 4]) }
  }

  /// The product with x modulo x^8 + x^4 + x^3 + x + 1.
  private static func double(_ byte: Word, _ builder: inout CircuitBuilder) -> Word {
    let shifted = [Wire.zero] + byte[..<7]
    return builder.xor(shifted, [1, 1, 0, 1, 1, 0, 0, 0].map { $0 == 1 ? byte[7] : .zero })
  }
}

/// The S-box with 32 AND gates (Boyar and Peralta, "A new combinational logic minimization technique with
/// applications to cryptology", eprint 2009/191).
private enum SBox {
  static func substitute(_ byte: Word, _ builder: inout CircuitBuilder) -> Word {
    var values: [Substring: Wire] = [:]
    // x0 and s0 are the highest bits.
    for index in 0..<8 { values["x\(index)"] = byte[7 - index] }
    for line in lines {
      let a = values[line.a, default: .zero], b = values[line.b, default: .zero]
      values[line.result] = line.isAnd ? builder.and(a, b) : builder.xor(a, b)
    }
    return (0..<8).map { index in
      let bit = values["s\(7 - index)", default: .zero]
      return [1, 2, 6, 7].contains(7 - index) ? !bit : bit
    }
  }

  private struct Line {
    let result: Substring
    let a: Substring
    let b: Substring
    let isAnd: Bool
  }

  private static let lines: [Line] = program.split(whereSeparator: \.isWhitespace).map { text in
    let parts = text.split { "=+*".contains($0) }
    return Line(result: parts[0], a: parts[1], b: parts[2], isAnd: text.contains("*"))
  }

  /// Sums and products of bits; s1, s2, s6 and s7 are to be negated.
  private static let program = """
    y14=x3+x5 y13=x0+x6 y9=x0+x3 y8=x0+x5 t0=x1+x2 y1=t0+x7 y4=y1+x3 y12=y13+y14 y2=y1+x0 y5=y1+x6 y3=y5+y8
    t1=x4+y12 y15=t1+x5 y20=t1+x1 y6=y15+x7 y10=y15+t0 y11=y20+y9 y7=x7+y11 y17=y10+y11 y19=y10+y8
    y16=t0+y11 y21=y13+y16 y18=x0+y16
    t2=y12*y15 t3=y3*y6 t4=t3+t2 t5=y4*x7 t6=t5+t2 t7=y13*y16 t8=y5*y1 t9=t8+t7 t10=y2*y7 t11=t10+t7
    t12=y9*y11 t13=y14*y17 t14=t13+t12 t15=y8*y10 t16=t15+t12 t17=t4+t14 t18=t6+t16 t19=t9+t14 t20=t11+t16
    t21=t17+y20 t22=t18+y19 t23=t19+y21 t24=t20+y18
    t25=t21+t22 t26=t21*t23 t27=t24+t26 t28=t25*t27 t29=t28+t22 t30=t23+t24 t31=t22+t26 t32=t31*t30
    t33=t32+t24 t34=t23+t33 t35=t27+t33 t36=t24*t35 t37=t36+t34 t38=t27+t36 t39=t29*t38 t40=t25+t39
    t41=t40+t37 t42=t29+t33 t43=t29+t40 t44=t33+t37 t45=t42+t41
    z0=t44*y15 z1=t37*y6 z2=t33*x7 z3=t43*y16 z4=t40*y1 z5=t29*y7 z6=t42*y11 z7=t45*y17 z8=t41*y10
    z9=t44*y12 z10=t37*y3 z11=t33*y4 z12=t43*y13 z13=t40*y5 z14=t29*y2 z15=t42*y9 z16=t45*y14 z17=t41*y8
    t46=z15+z16 t47=z10+z11 t48=z5+z13 t49=z9+z10 t50=z2+z12 t51=z2+z5 t52=z7+z8 t53=z0+z3 t54=z6+z7
    t55=z16+z17 t56=z12+t48 t57=t50+t53 t58=z4+t46 t59=z3+t54 t60=t46+t57 t61=z14+t57 t62=t52+t58
    t63=t49+t58 t64=z4+t59 t65=t61+t62 t66=z1+t63 s0=t59+t63 s6=t56+t62 s7=t48+t60 t67=t64+t65 s3=t53+t66
    s4=t51+t66 s5=t47+t65 s1=t64+s3 s2=t55+t67
    """
}
