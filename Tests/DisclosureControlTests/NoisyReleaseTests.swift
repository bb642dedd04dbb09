import DisclosureControl
import Testing

@Suite struct NoisyReleaseTests {
  private let half = Epsilon(micros: 500_000)

  @Test func sensitivitiesAreRowsTimesTheLargestMove() throws {
    func sensitivity(_ contribution: ContributionRange) throws -> UInt64 {
      try NoisyRelease(
        contribution: contribution, maximumRowsPerID: 575, maximumRows: 336_776, outputs: 81, epsilon: half,
        rangeDelta: Delta(powerOfHalf: 41)
      ).sensitivity
    }
    #expect(try sensitivity(.count) == 575)
    #expect(try sensitivity(.signed(low: -30, high: 120)) == 575 * 120)
    #expect(try sensitivity(.offset(low: -30, high: 120)) == 575 * 150)
    #expect(try sensitivity(.square(low: -30, high: 120)) == 575 * 14_400)
    #expect(try sensitivity(.signed(low: 5, high: 7)) == 575 * 7)
    #expect(try sensitivity(.offset(low: 5, high: 7)) == 575 * 2)
    #expect(try sensitivity(.square(low: -9, high: 4)) == 575 * 81)
  }

  @Test func everyNoisyValueHasADigitOfItsOwn() throws {
    let release = try NoisyRelease(
      contribution: .signed(low: -30, high: 120), maximumRowsPerID: 3, maximumRows: 1000, outputs: 10,
      epsilon: half, rangeDelta: Delta(powerOfHalf: 41))
    #expect(release.low == -30_000 && release.high == 120_000)
    #expect(release.low - release.noiseBound + release.offset == 0)
    #expect(UInt64(release.high + release.noiseBound + release.offset) == release.radix - 1)
    let noise = try #require(release.noise)
    #expect(noise.scale == (try NoiseScale(numerator: 720, denominator: 1)))
  }

  /// A value that one of two neighbours alone can show lies within a sensitivity of the end of the clamped range.
  @Test(arguments: [100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000] as [UInt64])
  func noiseShowsWhichNeighbourItIsWithTheShareOfDeltaOnly(micros: UInt64) throws {
    let share = Delta(powerOfHalf: 41)
    for (rows, outputs) in [(1, 1), (3, 18), (575, 810)] {
      let release = try NoisyRelease(
        contribution: .signed(low: -30, high: 120), maximumRowsPerID: rows, maximumRows: 10_000,
        outputs: outputs,
        epsilon: Epsilon(micros: micros), rangeDelta: share)
      let visible = release.noiseBound - Int(release.sensitivity)
      try #require(visible >= 0)
      let noise = try #require(release.noise)
      #expect(noise.tail(beyond: visible).units * UInt64(outputs) <= share.units + UInt64(outputs))
    }
  }

  @Test func withoutEpsilonThereIsNoNoise() throws {
    let release = try NoisyRelease(
      contribution: .count, maximumRowsPerID: 3, maximumRows: 1000, outputs: 10, epsilon: nil,
      rangeDelta: .zero)
    #expect(release.noise == nil && release.noiseBound == 0)
    #expect(release.radix == 1001)
  }

  @Test func whatDoesNotFitIsRefused() {
    #expect(throws: DisclosureControlError.boundsOutOfRange) {
      _ = try ContributionRange.signed(low: 3, high: 2)
    }
    #expect(throws: DisclosureControlError.boundsOutOfRange) {
      _ = try ContributionRange.square(low: 0, high: .max)
    }
    #expect(throws: DisclosureControlError.boundsOutOfRange) {
      _ = try NoisyRelease(
        contribution: .square(low: 0, high: 1 << 31), maximumRowsPerID: 1, maximumRows: 1, outputs: 1,
        epsilon: nil, rangeDelta: .zero)
    }
  }

  @Test func hiddenCellsHideTheTotalsThatWouldUncoverThem() {
    let visibility = MinimumCount(10).visibility(of: [[10, 11], [9, 50], [0, 20]])
    #expect(visibility.cells == [[true, true], [false, true], [false, true]])
    #expect(visibility.rowTotals == [true, false, false])
    #expect(visibility.columnTotals == [false, true])
    #expect(!visibility.total)
  }

  @Test func epsilonAndDeltaAreExactAndSaturate() throws {
    let tenth = try #require(Epsilon(micros: 100_000))
    #expect((0..<10).reduce(Epsilon.zero) { sum, _ in sum + tenth }.micros == 1_000_000)
    #expect(tenth.description == "0.1" && (tenth + tenth).description == "0.2")
    #expect(Epsilon(micros: 2_000_000)?.description == "2")
    #expect(Epsilon(micros: 10_000_001)?.description == "10.000001")
    #expect(Epsilon.maximum + tenth == .maximum)
    #expect(Delta.one + Delta(powerOfHalf: 40) == .one)
    #expect(Delta(powerOfHalf: 40) + Delta(powerOfHalf: 40) == Delta(powerOfHalf: 39))
    #expect(Delta(powerOfHalf: 40).description == "2^-40")
    #expect((Delta(powerOfHalf: 40) + Delta(powerOfHalf: 42)).description == "<2^-39")
  }
}
