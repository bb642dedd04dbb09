import ModularArithmetic
import NumberTheoreticTransform
import ProcessorFeatures
import TestSupport

/// The variants this processor runs.
let variants = VectorVariant.allCases.filter { $0 <= .current }

let degrees = [1024, 2048, 4096, 8192, 16384, 32768]

let primeSizes = [20, 26, 30, 40, 47, 48]

/// The largest prime of `bitWidth` bits for `degree`.
func prime(bitWidth: Int, degree: Int) throws -> Modulus {
  try Modulus.primes(bitWidth: bitWidth, congruentToOneModulo: UInt64(2 * degree), count: 1)[0]
}

/// Rows that stress the bounds: random, all q − 1, zero, one and alternating extremes.
func rows(
  count: Int, below q: UInt64, using generator: inout SeededGenerator
) -> [(name: String, words: [UInt64])] {
  [
    ("random", randomRow(count: count, below: q, using: &generator)),
    ("all q - 1", [UInt64](repeating: q - 1, count: count)),
    ("zero", [UInt64](repeating: 0, count: count)),
    ("one", [UInt64](repeating: 1, count: count)),
    ("alternating", (0..<count).map { $0 % 2 == 0 ? 0 : q - 1 }),
    ("long alternating", (0..<count).map { ($0 / (count / 16)) % 2 == 0 ? q - 1 : 0 }),
  ]
}

func randomRow(count: Int, below bound: UInt64, using generator: inout SeededGenerator) -> [UInt64] {
  (0..<count).map { _ in UInt64.random(in: 0..<bound, using: &generator) }
}

/// The first index where two rows differ; a failing test prints it instead of the rows.
func firstDifference(_ a: [UInt64], _ b: [UInt64]) -> Int? {
  a == b
    ? nil : zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(a.count, b.count)
}
