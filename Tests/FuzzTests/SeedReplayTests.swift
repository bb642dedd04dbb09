import Foundation
import FuzzTargets
import TestSupport
import Testing

/// The seeds of Scripts/fuzz and mutations of them: each is accepted, and then written to the same bytes again, or
/// refused with a typed error. A trap or a broken promise fails the run.
@Suite struct SeedReplayTests {
  private static let rounds = 300

  private struct Seed {
    var name: String
    var input: [UInt8]
  }

  private func seeds(_ target: FuzzTarget) throws -> [Seed] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Vectors/fuzz/\(target.rawValue)")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map {
      Seed(name: $0.lastPathComponent, input: [UInt8](try Data(contentsOf: $0)))
    }
  }

  /// Files named `refused-…` are findings of the past that must be refused.
  @Test(arguments: FuzzTarget.allCases) func seedsAreAcceptedOrRefusedByName(target: FuzzTarget) throws {
    let seeds = try seeds(target)
    #expect(seeds.count >= 2)
    for seed in seeds {
      let outcome = try target.run(seed.input)
      #expect(outcome == (seed.name.hasPrefix("refused-") ? .refused : .accepted), "\(seed.name)")
    }
  }

  @Test(arguments: FuzzTarget.allCases) func mutationsAreReadOrRefused(target: FuzzTarget) throws {
    var generator = SeededGenerator(seed: 2024)
    let seeds = try seeds(target)
    var accepted = 0
    for seed in seeds {
      for round in 0..<Self.rounds {
        let other = seeds[Int.random(in: seeds.indices, using: &generator)].input
        let input = mutated(seed.input, with: other, kind: round % 6, &generator)
        do throws(FuzzFinding) {
          accepted += try target.run(input) == .accepted ? 1 : 0
        } catch { Issue.record("\(seed.name), round \(round): \(error.promise)") }
      }
    }
    // Many flips only change a residue or a number: what follows the decoder must meet them, too.
    #expect(accepted > seeds.count)
  }

  /// Flips bits, changes bytes, cuts, lengthens, or takes a piece of another seed.
  private func mutated(
    _ input: [UInt8], with other: [UInt8], kind: Int, _ generator: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = input
    let position = Int.random(in: bytes.indices, using: &generator)
    switch kind {
    case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1:
      // Among the first bytes: format, digest, counts.
      bytes[position % min(64, bytes.count)] = .random(in: 0...255, using: &generator)
    case 2: bytes.removeLast(bytes.count - position)
    case 3: bytes += other.prefix(position)
    case 4:
      let length = min(bytes.count - position, other.count, Int.random(in: 1...64, using: &generator))
      bytes.replaceSubrange(position..<(position + length), with: other.suffix(length))
    default:
      for index in position..<min(bytes.count, position + 16) { bytes[index] = 0xFF }
    }
    return bytes
  }
}
