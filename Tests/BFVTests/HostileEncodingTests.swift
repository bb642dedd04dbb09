import BFV
import BigIntegers
import TestSupport
import Testing

/// Bytes that no honest writer makes: each is refused with the documented error.
@Suite struct HostileEncodingTests {
  @Test(arguments: [SmallSet.slots, .digits])
  func wrongLengthsAreMalformed(set: SmallSet) throws {
    let key = SecretKey(try set.parameters)
    for format in try EncodedFormat.all(key) {
      let bytes = format.bytes
      let lengths = Array(0...45) + [64, 67, 68, 69, bytes.count / 2, bytes.count - 8, bytes.count - 1]
      for length in lengths {
        #expect(format.error(Array(bytes.prefix(length))) == .malformed, "\(format.name) cut to \(length)")
      }
      for extra in [[0], [255], [UInt8](repeating: 0, count: 1_000)] as [[UInt8]] {
        #expect(format.error(bytes + extra) == .malformed, "\(format.name) with \(extra.count) more")
      }
    }
  }

  @Test func wrongHeadersAndDigestsAreRefused() throws {
    let key = SecretKey(try SmallSet.slots.parameters)
    let formats = try EncodedFormat.all(key)
    for format in formats {
      for index in 0..<EncodedFormat.digestStart {
        let changed = format.bytes.replacing(index, by: format.bytes[index] ^ 0x80)
        #expect(format.error(changed) == .malformed, "\(format.name), header byte \(index)")
      }
      for index in [EncodedFormat.digestStart, 20, EncodedFormat.bodyStart - 1] {
        let changed = format.bytes.replacing(index, by: format.bytes[index] ^ 1)
        #expect(format.error(changed) == .parametersMismatch, "\(format.name), digest byte \(index)")
      }
      for other in formats where other.bytes.prefix(2) != format.bytes.prefix(2) {
        #expect(format.error(other.bytes) == .malformed, "\(other.name) read as \(format.name)")
      }
    }
    let other = SecretKey(try SmallSet.digits.parameters)
    for (format, foreign) in zip(formats, try EncodedFormat.all(other)) {
      #expect(format.error(foreign.bytes) == .parametersMismatch, "\(format.name)")
    }
  }

  @Test func wrongFormLevelAndCountAreMalformed() throws {
    let parameters = try SmallSet.slots.parameters
    let formats = try EncodedFormat.all(SecretKey(parameters))
    let (coefficients, values) = (formats[0], formats[1])
    #expect(coefficients.error(values.bytes) == .malformed)
    #expect(values.error(coefficients.bytes) == .malformed)
    let top = UInt8(parameters.topLevel)
    for (index, refused) in [(36, [2, 255]), (37, [0, top - 1, top + 1, 255]), (38, [0, 1, 3, 4, 255])]
      as [(Int, [UInt8])]
    {
      for value in refused {
        for format in [coefficients, values] {
          let changed = format.bytes.replacing(index, by: value)
          #expect(format.error(changed) == .malformed, "\(format.name), byte \(index) = \(value)")
        }
      }
    }
    for value in [2, 255] as [UInt8] {
      #expect(formats[6].error(formats[6].bytes.replacing(36, by: value)) == .malformed, "extent \(value)")
    }
    for value in [0, 1, 3, 255] as [UInt8] {
      #expect(formats[6].error(formats[6].bytes.replacing(37, by: value)) == .malformed, "count \(value)")
    }
    #expect(formats[6].error(formats[6].bytes.replacing(36, by: 1)) == .malformed, "all read as constant")
    #expect(formats[7].error(formats[7].bytes.replacing(36, by: 0)) == .malformed, "constant read as all")
  }

  @Test func residuesOfAPrimeAndAboveAreMalformed() throws {
    let parameters = try SmallSet.slots.parameters
    let (degree, literal) = (parameters.degree, parameters.literal)
    let formats = try EncodedFormat.all(SecretKey(parameters))
    let data = literal.coefficientModuli
    let all = data + [literal.specialModulus ?? 0]
    // Where the rows of each format start, and their primes in order.
    let rows: [(EncodedFormat, Int, [UInt64])] = [
      (formats[0], 39, data + data), (formats[1], 39, data + data), (formats[2], 68, data),
      (formats[3], 68, data),
      (formats[4], 68, all + all + all), (formats[5], 76, all + all + all),
    ]
    for (format, start, primes) in rows {
      var bit = 8 * start
      for (row, prime) in primes.enumerated() {
        let width = 64 - prime.leadingZeroBitCount
        for column in [0, 1, degree - 1] {
          for value: UInt64 in [prime, prime + 1, (1 << width) - 1] {
            let changed = format.bytes.replacingBits(from: bit + column * width, width: width, by: value)
            #expect(format.error(changed) == .malformed, "\(format.name), row \(row), column \(column)")
          }
          let largest = format.bytes.replacingBits(from: bit + column * width, width: width, by: prime - 1)
          #expect(format.error(largest) == nil, "\(format.name), row \(row), column \(column)")
        }
        bit += degree * width
      }
      if format.name.contains("ciphertext") || format.name == "public key" {
        #expect(bit == 8 * format.bytes.count)
      }
    }
  }

  @Test func transparentCiphertextsAndAnswersAreRefused() throws {
    let parameters = try SmallSet.slots.parameters
    let formats = try EncodedFormat.all(SecretKey(parameters))
    for format in formats.prefix(2) {
      let half = (format.bytes.count - 39) / 2
      let secondZero = format.bytes.prefix(39 + half) + [UInt8](repeating: 0, count: half)
      #expect(format.error(Array(secondZero)) == .transparent)
      let firstZero = format.bytes.prefix(39) + [UInt8](repeating: 0, count: half) + format.bytes.suffix(half)
      #expect(format.error(Array(firstZero)) == nil, "c0 = 0 hides as well as any")
      let triple = format.bytes.replacing(38, by: 3).prefix(39 + half)
      let zeros = [UInt8](repeating: 0, count: half)
      for (rest, expected) in [
        (zeros + zeros, BFVError.transparent), (zeros + format.bytes.suffix(half), nil),
      ] {
        #expect(Self.errorOfThree(triple + rest, parameters) == expected, "\(format.name)")
      }
    }
    for (format, width) in [(formats[6], 1024 * 22 / 8), (formats[7], 3)] {
      let zeros = [UInt8](repeating: 0, count: format.bytes.count - 38 - width)
      #expect(format.error(format.bytes.prefix(38 + width) + zeros) == .transparent, "\(format.name)")
    }
  }

  /// Why three polynomials, of the form that their bytes name, are refused.
  private static func errorOfThree(_ bytes: ArraySlice<UInt8>, _ parameters: Parameters) -> BFVError? {
    let noise = NoiseBound.freshPublic(degree: parameters.degree)
    do throws(BFVError) {
      if bytes[36] == 0 {
        _ = try Ciphertext<Coefficient>(
          decoding: Array(bytes), parameters: parameters, noise: noise, polynomialCount: 3)
      } else {
        _ = try Ciphertext<Evaluation>(
          decoding: Array(bytes), parameters: parameters, noise: noise, polynomialCount: 3)
      }
      return nil
    } catch { return error }
  }

  @Test func paddingBitsMustBeZero() throws {
    let constant = try EncodedFormat.all(SecretKey(SmallSet.slots.parameters))[7]
    // c0 has 22 bits in three bytes.
    for bit in [6, 7] as [UInt8] {
      let changed = constant.bytes.replacing(40, by: constant.bytes[40] | 1 << bit)
      #expect(constant.error(changed) == .malformed)
    }
  }

  @Test func galoisExponentsMustBeOddBelow2NAndAscend() throws {
    let parameters = try SmallSet.slots.parameters
    let format = try EncodedFormat.all(SecretKey(parameters))[5]
    let each = (format.bytes.count - 40) / 3
    func replacing(_ exponents: [UInt32]) -> [UInt8] {
      var bytes = format.bytes
      for (index, exponent) in exponents.enumerated() {
        for byte in 0..<4 {
          bytes[40 + index * each + byte] = UInt8(truncatingIfNeeded: exponent >> UInt32(8 * byte))
        }
      }
      return bytes
    }
    #expect(format.error(replacing([3, 9, 27])) == nil)
    #expect(same(replacing([3, 9, 27]), format.bytes))
    #expect(format.error(replacing([1, 3, 2047])) == nil)
    for exponents in [
      [0, 9, 27], [2, 9, 27], [3, 9, 2048], [3, 9, 2049], [3, 9, .max], [3, 3, 27], [9, 9, 9], [9, 3, 27],
      [27, 9, 3],
    ] as [[UInt32]] {
      #expect(format.error(replacing(exponents)) == .malformed, "\(exponents)")
    }
    for count in [0, 2, 4, 1024, 1025, 65_536, .max] as [UInt32] {
      var bytes = format.bytes
      for byte in 0..<4 { bytes[36 + byte] = UInt8(truncatingIfNeeded: count >> UInt32(8 * byte)) }
      #expect(format.error(bytes) == .malformed, "\(count) keys")
    }
  }

  @Test func keysNeedASpecialModulusAndAnswersTheirWidths() throws {
    let formats = try EncodedFormat.all(SecretKey(SmallSet.slots.parameters))
    let plain = try SmallSet().parameters
    #expect(throws: BFVError.keySwitchingUnavailable) {
      try RelinearizationKey(decoding: formats[4].bytes, parameters: plain)
    }
    #expect(throws: BFVError.keySwitchingUnavailable) {
      try GaloisKeys(decoding: formats[5].bytes, parameters: plain)
    }
    #expect(throws: BFVError.answersUnavailable) {
      try Answer(decoding: formats[6].bytes, parameters: plain)
    }
  }

  /// Such an answer would be read with another set's widths, primes and number of rows.
  @Test func anAnswerOfAnotherSetIsRefusedByTheKeyAndByTheEncoder() throws {
    let sets = [
      SmallSet.slots, .digits, .retrieval,
      SmallSet(specialBits: 41, droppedBits: 7, answerBits: .init(c0: 50, c1: 61)),
    ]
    for own in sets {
      let parameters = try own.parameters
      let key = SecretKey(parameters)
      let answer = try key.encrypt(Plaintext(zero: parameters)).answer(.constant)
      for other in sets where try other.parameters.digest != parameters.digest {
        let foreign = try other.parameters
        #expect(throws: BFVError.parametersMismatch) { try SecretKey(foreign).decrypt(answer) }
        #expect(throws: BFVError.parametersMismatch) { try answer.encoded(foreign) }
      }
    }
  }

  @Test func whatIsReadIsWrittenAsTheSameBytes() throws {
    var random = SeededGenerator()
    for set in [
      SmallSet.slots, .digits, SmallSet(specialBits: 41, droppedBits: 7, answerBits: .init(c0: 50, c1: 61)),
    ] {
      let key = SecretKey(try set.parameters)
      for format in try EncodedFormat.all(key) {
        for _ in 0..<30 {
          var bytes = format.bytes
          for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index =
              EncodedFormat.bodyStart
              + Int.random(in: 0..<(bytes.count - EncodedFormat.bodyStart), using: &random)
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          }
          if let again = try? format.recode(bytes) {
            #expect(same(again, bytes), "\(format.name) is not canonical, seed \(random.seed)")
          }
        }
      }
    }
  }
}
