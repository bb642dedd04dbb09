#if Services
import ArgumentParser

struct GarblingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract:
      "Garbled circuits and oblivious transfer, one thread a side; rates, not medians, over sockets.")
  @Flag(help: "Print one JSON object per line.")
  var json = false

  @Option(help: "Comparisons of 32-bit integers to run over Transport.")
  var comparisons = 1_000_000

  func validate() throws {
    try HitokuBench.Output.refuseUnknownVariant()
    guard (1...100_000_000).contains(comparisons) else {
      throw ValidationError("1 to 100,000,000 comparisons")
    }
  }

  func run() async throws {
    for row in try GarblingBenchmark().rows() { print(json ? row.json : row.text) }
    let loopback = try GarblingLoopbackBenchmark().row()
    print(json ? loopback.json : loopback.text)
    let comparison = try await ComparisonBenchmark(count: comparisons).row()
    print(json ? comparison.json : comparison.text)
  }
}
#endif
