import Foundation
import SumStatistics
import Testing

@Suite struct DistributionTests {
  /// Lines of `Tests/Vectors/sum-distributions.txt`, written by `scipy_values.py distributions`.
  private static func vectors(_ kind: String) throws -> [[Double]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Vectors/sum-distributions.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: " ") }.filter { $0[0] == kind }
      .map { try $0.dropFirst().map { try #require(Double($0)) } }
  }

  private static func agree(_ ours: Double, _ theirs: Double) -> Bool {
    abs(ours - theirs) <= 1e-12 * theirs.magnitude
  }

  @Test func studentTailsAreRightToTwelveDigits() throws {
    let vectors = try Self.vectors("t")
    #expect(vectors.count == 81)
    for vector in vectors where vector[2] > 1e-290 {
      let ours = StudentT(degrees: vector[0]).twoSidedTail(vector[1])
      #expect(Self.agree(ours, vector[2]), "\(vector) \(ours)")
      #expect(StudentT(degrees: vector[0]).twoSidedTail(-vector[1]) == ours)
    }
  }

  @Test func chiSquareTailsAreRightToTwelveDigits() throws {
    for vector in try Self.vectors("chi2") where vector[2] > 1e-290 {
      let ours = ChiSquare(degrees: vector[0]).upperTail(vector[1])
      #expect(Self.agree(ours, vector[2]), "\(vector) \(ours)")
    }
  }

  @Test func chiSquareQuantilesLeadBackToTheirTails() {
    for degrees in [1, 2.5, 10, 137, 5_000, 1e6] {
      for tail in [1e-6, 0.025, 0.3, 0.5, 0.975, 1 - 1e-6] {
        let distribution = ChiSquare(degrees: degrees)
        let found = distribution.upperTail(distribution.quantile(upperTail: tail))
        #expect(abs(found - tail) <= 1e-9 * tail, "\(degrees) \(tail) \(found)")
      }
    }
    // On either side of the degrees where the approximation begins.
    for tail in [0.025, 0.5, 0.975] {
      let below = ChiSquare(degrees: 1e8).quantile(upperTail: tail)
      let above = ChiSquare(degrees: 1.0000001e8).quantile(upperTail: tail)
      #expect(abs(above - below - 10) < 1, "\(tail) \(below) \(above)")
    }
  }

  @Test func normalTailsAndQuantilesAreRightToTwelveDigits() throws {
    for vector in try Self.vectors("normal") where vector[1] > 1e-290 {
      let ours = StandardNormal.twoSidedTail(vector[0])
      #expect(Self.agree(ours, vector[1]), "\(vector) \(ours)")
    }
    for vector in try Self.vectors("normal-quantile") {
      let ours = StandardNormal.twoSidedQuantile(vector[0])
      #expect(Self.agree(ours, vector[1]), "\(vector) \(ours)")
    }
  }

  @Test func studentQuantilesAreRightToTwelveDigits() throws {
    let vectors = try Self.vectors("t-quantile")
    #expect(vectors.count == 49)
    for vector in vectors {
      let ours = StudentT(degrees: vector[0]).twoSidedQuantile(vector[1])
      #expect(Self.agree(ours, vector[2]), "\(vector) \(ours)")
    }
  }
}
