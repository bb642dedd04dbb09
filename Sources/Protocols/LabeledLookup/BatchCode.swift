import Glibc

/// Digits modulo t < 2^20 from four uniform bytes each.
struct WideDigits {
  let modulus: UInt64

  /// ⌊x·t / 2^32⌋ for x in [0, 2^32).
  func digit(_ word: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: (UInt64(word) &* modulus) &>> 32) }

  /// log2 of the largest probability of a digit.
  var largestProbabilityLog2: Double {
    let range = UInt64(1) << 32
    return log2(Double((range + modulus - 1) / modulus) / Double(range))
  }
}

/// Where an item stands in a batch table, and what is stored there.
struct BatchCode {
  /// Three distinct bins.
  let bins: [Int]
  /// Two systems of equations, in each of the bins, distinct.
  let subBins: (Int, Int)
  /// x, k residues.
  let vector: [UInt32]
  /// The tag's digits.
  let tag: [UInt32]
  /// As many bytes as a label.
  let labelPad: [UInt8]

  /// `attempt` counts how often the table was placed anew.
  init(_ key: ItemKey, attempt: UInt8, _ parameters: BatchParameters) {
    let (k, tagCount, padCount) = (
      parameters.literal.uploads, parameters.tagDigits, parameters.labelByteCount
    )
    let bytes = key.expand(stream: 1 << 32 | UInt64(attempt), count: 4 * (5 + k + tagCount) + padCount)
    let words = (0..<(5 + k + tagCount)).map { place -> UInt32 in
      let four = bytes[(4 * place)..<(4 * place + 4)]
      return four.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    func number(_ place: Int, below bound: Int) -> Int { Int((UInt64(words[place]) * UInt64(bound)) >> 32) }
    // Distinct by stepping over those that are taken.
    var bins: [Int] = []
    for place in 0..<3 {
      var bin = number(place, below: parameters.literal.bins - place)
      for taken in bins.sorted() where bin >= taken { bin += 1 }
      bins.append(bin)
    }
    self.bins = bins
    let first = number(3, below: parameters.subBins)
    subBins = (first, (first + 1 + number(4, below: parameters.subBins - 1)) % parameters.subBins)
    let digits = WideDigits(modulus: parameters.modulus)
    vector = words[5..<(5 + k)].map(digits.digit)
    tag = words[(5 + k)...].map(digits.digit)
    labelPad = Array(bytes.suffix(padCount))
  }

  /// All products of degree one, then two: x_1 … x_k, then x_i·x_j for i ≤ j. With the constant before them, the terms
  /// of a form.
  func monomials(modulus: UInt64) -> [UInt32] {
    var products = vector
    products.reserveCapacity(vector.count * (vector.count + 3) / 2)
    for i in vector.indices {
      for j in i..<vector.count { products.append(UInt32(UInt64(vector[i]) * UInt64(vector[j]) % modulus)) }
    }
    return products
  }
}

/// Labels as digits modulo a prime, masked.
struct LabelCoding {
  let modulus: UInt64
  let byteCount: Int
  let digitCount: Int

  /// The label, XOR the pad, in digits; lowest first.
  func digits(of label: some Sequence<UInt8>, pad: some Sequence<UInt8>) -> [UInt32] {
    var number = zip(label, pad).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element.0 ^ $1.element.1) << UInt64(8 * $1.offset)
    }
    return (0..<digitCount).map { _ in
      defer { number /= modulus }
      return UInt32(number % modulus)
    }
  }

  /// The label that these digits hold, and whether they are a number of its length: in the same time for all digits.
  func label(
    of digits: some BidirectionalCollection<UInt64>, pad: some Sequence<UInt8>
  ) -> (label: [UInt8], isReadable: Bool) {
    var number: UInt64 = 0
    var isBeyond = false
    for digit in digits.reversed() {
      let (product, overflow) = number.multipliedReportingOverflow(by: modulus)
      let (sum, carry) = product.addingReportingOverflow(digit)
      isBeyond = isBeyond || overflow || carry
      number = sum
    }
    // A shift by all 64 bits gives 0.
    let isLonger = number >> UInt64(8 * byteCount) != 0
    let label = pad.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    return (label, !isBeyond && !isLonger)
  }
}
