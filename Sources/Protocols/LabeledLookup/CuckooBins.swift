import Glibc

/// Queries of a batch put into bins, one into each at most, every query into one of its three.
struct CuckooBins {
  /// The query of each bin, nil for none.
  private(set) var queries: [Int?]

  /// Places queries by their three distinct bins. Throws `unplacedQueries` where a walk does not end.
  init(
    _ choices: [[Int]], bins: Int, using generator: inout some RandomNumberGenerator
  ) throws(LookupError) {
    queries = Array(repeating: nil, count: bins)
    for first in choices.indices {
      var query = first
      var steps = 0
      while let bin = Self.place(query, choices[query], in: &queries, using: &generator) {
        guard let evicted = queries[bin], steps < 20_000 else { throw .unplacedQueries }
        queries[bin] = query
        query = evicted
        steps += 1
      }
    }
  }

  /// Puts a query into a free bin of its own, or names a random one of them to empty.
  private static func place(
    _ query: Int, _ choices: [Int], in queries: inout [Int?],
    using generator: inout some RandomNumberGenerator
  ) -> Int? {
    if let free = choices.first(where: { queries[$0] == nil }) {
      queries[free] = query
      return nil
    }
    return choices[Int.random(in: 0..<choices.count, using: &generator)]
  }

  /// log2 of a bound on the probability that no placement exists.
  ///
  /// By Hall's theorem some s + 1 queries then have all their bins among s. Union over both: Σ_s C(n, s+1)·C(m, s)·(C(s, 3)/C(m, 3))^(s+1).
  static func failureLog2(queries: Int, bins: Int) -> Double {
    func choose(_ n: Int, _ k: Int) -> Double {
      lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    }
    let all = choose(bins, 3)
    let logarithms = (3..<max(4, queries)).map { s in
      choose(queries, s + 1) + choose(bins, s) + Double(s + 1) * (choose(s, 3) - all)
    }
    let largest = logarithms.max() ?? -.infinity
    return (largest + log(logarithms.reduce(0) { $0 + exp($1 - largest) })) / log(2)
  }
}
