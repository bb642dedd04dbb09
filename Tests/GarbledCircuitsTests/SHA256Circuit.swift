import GarbledCircuits

/// The compression function of SHA-256 (FIPS 180-4), in the order of wires of the published circuit: inputs block and chaining
/// value, each one big-endian number with its lowest bit first.
enum SHA256Circuit {
  static func make() -> Circuit {
    circuit([512, 256]) { builder, inputs in
      let block = (0..<16).map { Array(inputs[0][32 * (15 - $0)..<32 * (16 - $0)]) }
      let chaining = (0..<8).map { Array(inputs[1][32 * (7 - $0)..<32 * (8 - $0)]) }
      let result = compress(block, chaining, &builder)
      return [result.reversed().flatMap { $0 }]
    }
  }

  private static func compress(_ block: [Word], _ chaining: [Word], _ builder: inout CircuitBuilder) -> [Word]
  {
    var schedule = block
    var s = chaining
    for round in 0..<64 {
      if round >= 16 {
        let small0 = sigma(schedule[round - 15], 7, 18, shift: 3, &builder)
        let small1 = sigma(schedule[round - 2], 17, 19, shift: 10, &builder)
        schedule.append(
          builder.add(builder.add(schedule[round - 16], small0), builder.add(schedule[round - 7], small1)))
      }
      let big1 = sum(s[4], 6, 11, 25, &builder), big0 = sum(s[0], 2, 13, 22, &builder)
      // Choice: g ⊕ e(f ⊕ g); majority: a ⊕ (a ⊕ b)(a ⊕ c).
      let choice = builder.xor(s[6], builder.and(s[4], builder.xor(s[5], s[6])))
      let majority = builder.xor(
        s[0], builder.and(builder.xor(s[0], s[1]), builder.xor(s[0], s[2])))
      let constant = CircuitBuilder.constant(UInt64(constants[round]), width: 32)
      let t1 = [big1, choice, constant, schedule[round]].reduce(s[7]) { builder.add($0, $1) }
      let t2 = builder.add(big0, majority)
      s = [builder.add(t1, t2), s[0], s[1], s[2], builder.add(s[3], t1), s[4], s[5], s[6]]
    }
    return zip(chaining, s).map { builder.add($0, $1) }
  }

  private static func rotated(_ word: Word, _ count: Int) -> Word { Array(word[count...] + word[..<count]) }

  private static func sum(_ word: Word, _ a: Int, _ b: Int, _ c: Int, _ builder: inout CircuitBuilder) -> Word
  {
    builder.xor(builder.xor(rotated(word, a), rotated(word, b)), rotated(word, c))
  }

  private static func sigma(
    _ word: Word, _ a: Int, _ b: Int, shift: Int, _ builder: inout CircuitBuilder
  ) -> Word {
    let shifted = Array(word[shift...]) + Word(repeating: .zero, count: shift)
    return builder.xor(builder.xor(rotated(word, a), rotated(word, b)), shifted)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // ⌊prime^(1/3)·2^32⌋ by bisection in 128-bit integers.
      var low: UInt128 = 0, high: UInt128 = 8 << 32
      while high - low > 1 {
        let middle = (low + high) / 2
        if middle * middle * middle <= UInt128(prime) << 96 { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()
}
