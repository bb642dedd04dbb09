import FuzzTargets
import ModularArithmetic
import TestSupport
import Testing

/// Parameter files that are well-formed as text and arbitrary as parameters: each makes a set that serves every
/// operation, or is refused.
@Suite struct ParameterFileShapesTests {
  private static let rounds = 60

  private func literal(_ value: UInt64?) -> String {
    value.map { "\"0x\(String($0, radix: 16))\"" } ?? "null"
  }

  /// A file with these fields.
  private func file(
    moduli: [UInt64], plaintextModulus: String, special: UInt64?, digitBits: Int?, droppedBits: Int,
    answerBits: String
  ) -> [UInt8] {
    Array(
      """
      {"format": 1, "name": "shape", "purpose": "test", "degree": 1024, "plaintextModulus": "\(plaintextModulus)",
       "coefficientModuli": [\(moduli.map(literal).joined(separator: ", "))],
       "specialModulus": \(literal(special)), "digitBits": \(digitBits.map(String.init) ?? "null"),
       "uploadDroppedBits": \(droppedBits), "answerBits": \(answerBits),
       "noise": {"marginBits": 1, "failureProbabilityLog2": -40}}
      """.utf8)
  }

  @Test func anyShapeServesOrIsRefused() throws {
    var generator = SeededGenerator()
    var pool: [UInt64] = []
    for width in [14, 20, 26, 30, 36, 40, 44, 47] {
      pool += try Modulus.primes(
        bitWidth: width, congruentToOneModulo: 2048, count: width == 14 ? 1 : 4
      ).map(\.value)
    }
    pool += try Modulus.primes(bitWidth: 48, congruentToOneModulo: 2048, count: 24).map(\.value)
    var accepted = 0
    for round in 0..<Self.rounds {
      pool.shuffle(using: &generator)
      let count = Int.random(in: 1...6, using: &generator)
      let digits = (0..<Int.random(in: 1...12 * count, using: &generator)).map { _ in
        String(UInt8.random(in: 0..<16, using: &generator), radix: 16)
      }
      let widths = (0..<2).map { _ in 4 * digits.count + Int.random(in: 0...40, using: &generator) }
      let input = file(
        moduli: Array(pool.prefix(count)), plaintextModulus: "0x" + digits.joined(),
        special: Bool.random(using: &generator) ? pool.last : nil,
        digitBits: Bool.random(using: &generator) ? .random(in: 4...45, using: &generator) : nil,
        droppedBits: .random(in: 0...16, using: &generator),
        answerBits: Bool.random(using: &generator) ? #"{"c0": \#(widths[0]), "c1": \#(widths[1])}"# : "null")
      do throws(FuzzFinding) {
        accepted += try FuzzTarget.parameterFile.run(input) == .accepted ? 1 : 0
      } catch { Issue.record("round \(round), seed \(generator.seed): \(error.promise)") }
    }
    #expect(accepted > Self.rounds / 10, "seed \(generator.seed)")
  }

  /// The most and the widest primes with the widest plaintext modulus: the most auxiliary primes in a product.
  @Test func theWidestSetServes() throws {
    let primes = try Modulus.primes(bitWidth: 48, congruentToOneModulo: 2048, count: 21).map(\.value)
    let input = file(
      moduli: Array(primes.prefix(20)), plaintextModulus: "0x8" + String(repeating: "0", count: 53) + "1",
      special: primes[20], digitBits: nil, droppedBits: 0,
      answerBits: #"{"c0": 256, "c1": 256, "c2": 256}"#)
    #expect(try FuzzTarget.parameterFile.run(input) == .accepted)
  }
}
