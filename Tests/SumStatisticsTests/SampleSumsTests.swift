import SumStatistics
import Testing

@Suite struct SampleSumsTests {
  @Test func varianceKeepsItsDigitsBesideALargeMean() throws {
    // 10^8 + 1, 10^8 + 2, 10^8 + 3: doubles would leave nothing of the variance of 1.
    let values = (1...3).map { 100_000_000 + $0 }
    let sums = SampleSums(
      count: 3, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + $1 * $1 }, decimals: 0)
    #expect(sums.variance == 1)
    #expect(sums.mean == 100_000_002)
  }

  @Test func decimalsScaleMeansAndVariances() throws {
    let sums = SampleSums(count: 2, sum: 300, squares: 50_000, decimals: 2)
    #expect(sums.mean == 1.5)
    #expect(sums.variance == 0.5)
  }

  @Test func whatIsNotDefinedIsNil() {
    let none = SampleSums(count: 0, sum: 0, squares: 0, decimals: 0)
    let one = SampleSums(count: 1, sum: 5, squares: 25, decimals: 0)
    let noisy = SampleSums(count: 4, sum: 100, squares: -3, decimals: 0)
    let constant = SampleSums(count: 4, sum: 8, squares: 16, decimals: 0)
    #expect(none.mean == nil && none.variance == nil && none.meanEstimate() == nil)
    #expect(one.mean == 5 && one.variance == nil && one.meanEstimate() == nil)
    #expect(noisy.mean == 25 && noisy.variance == nil)
    #expect(constant.variance == 0)
    let pair = PairSums(x: constant, y: constant, products: 16)
    #expect(pair.correlation() == nil && pair.regression() == nil && pair.covariance == 0)
    #expect(WelchTest(constant, constant) == nil && WelchTest(constant, one) == nil)
    #expect(ChiSquareTest([[1, 2]]) == nil && ChiSquareTest([[0, 0], [1, 2]]) == nil)
    #expect(ChiSquareTest([[-1, 2], [3, 4]]) == nil && ChiSquareTest([[1, 2], [3]]) == nil)
  }

  @Test func pointsOnALineHaveCorrelationOne() throws {
    let x = SampleSums(count: 4, sum: 10, squares: 30, decimals: 0)
    let y = SampleSums(count: 4, sum: 24, squares: 164, decimals: 0)
    let pair = PairSums(x: x, y: y, products: 70)
    let line = try #require(pair.regression())
    #expect(line.slope.value == 2 && line.intercept.value == 1 && line.explained == 1)
    #expect(try #require(pair.correlation()).pValue < 1e-10)
  }
}
