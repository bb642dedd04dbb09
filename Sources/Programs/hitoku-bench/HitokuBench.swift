#if Services
import ArgumentParser
import Paillier
import ProcessorFeatures

/// Benchmarks, one file per room.
@main
struct HitokuBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hitoku-bench",
    abstract: "Time Hitoku's rooms, one thread, medians.",
    discussion: """
      HITOKU_SIMD=base|avx2|avx512 forces one set of kernels; without it the best one that this processor \
      has is used. Scripts/bench runs the peers beside it.

      Examples:
        hitoku-bench ntt
        hitoku-bench bfv --size 8192
        HITOKU_SIMD=avx2 hitoku-bench bfv --json
        hitoku-bench group --size 1000 --threads 2
        hitoku-bench psi --only count --size 100000
        hitoku-bench paillier --bits 3072
        hitoku-bench gc --json
        hitoku-bench lookup --only lookup/flat --json
        hitoku-bench sum --json
      """,
    subcommands: [
      NTT.self, BFVCommand.self, Group.self, PSICommand.self, PaillierCommand.self, GarblingCommand.self,
      Lookup.self, SumCommand.self,
    ])

  struct Output: ParsableArguments {
    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: "A ring degree N to measure; may be given again. Default: 4096, 8192, 16384.")
    var size: [Int] = []

    /// Refuses a HITOKU_SIMD that this processor cannot honour, instead of measuring something else.
    func validate() throws { try Self.refuseUnknownVariant() }

    static func refuseUnknownVariant() throws {
      do { _ = try VectorVariant.requested() } catch {
        throw ValidationError(
          "HITOKU_SIMD: \(error). Use base, avx2 or avx512, as this processor has them.")
      }
    }

    func sizes(among known: [Int]) throws -> [Int] {
      for value in size where !known.contains(value) {
        throw ValidationError("no set of degree \(value); use one of \(known)")
      }
      return size.isEmpty ? known.filter { (4096...16384).contains($0) } : size
    }

    func print(_ rows: [BenchmarkRow]) {
      for row in rows { Swift.print(json ? row.json : row.text) }
    }

    func printHeading() {
      if !json { Swift.print(BenchmarkRow.heading) }
    }
  }

  struct BFVCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bfv", abstract: "BFV: keys, encryption, evaluation, encodings.")
    @OptionGroup var output: Output

    @Option(help: "Measure only operations whose names contain this, such as bfv/multiply.")
    var only: String?

    func run() throws {
      output.printHeading()
      for degree in try output.sizes(among: BFVBenchmark.degrees) {
        output.print(try BFVBenchmark(degree: degree, only: only).rows())
      }
    }
  }

  struct Group: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "group",
      abstract: "ristretto255 and the oblivious PRF in batches; times per element, n elements a batch.")
    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: "Elements of a batch, 1 to 65535; may be given again.")
    var size: [Int] = [GroupBenchmark.defaultBatchSize]

    @Option(help: "Threads that work at once.")
    var threads = 1

    func validate() throws {
      try Output.refuseUnknownVariant()
      guard size.allSatisfy({ (1...65535).contains($0) }) else {
        throw ValidationError("a batch has 1 to 65535 elements")
      }
      guard (1...1024).contains(threads) else { throw ValidationError("1 to 1024 threads") }
    }

    func run() throws {
      if !json { print(BenchmarkRow.heading) }
      for count in size {
        for row in try GroupBenchmark(batchSize: count, threads: threads).rows() {
          print(json ? row.json : row.text)
        }
      }
    }
  }

  struct PaillierCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "paillier", abstract: "Paillier in batches: milliseconds per value, one thread.")
    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: "Bits of a key, 2048, 3072 or 4096; may be given again. Default: 2048, 3072.")
    var bits: [Int] = [2048, 3072]

    @Option(help: "Values of a batch, 8 to 65536, a multiple of 8.")
    var batch = 64

    func validate() throws {
      try Output.refuseUnknownVariant()
      guard bits.allSatisfy({ KeySize(rawValue: $0) != nil }) else {
        throw ValidationError("keys have 2048, 3072 or 4096 bits")
      }
      guard (8...65536).contains(batch), batch % 8 == 0 else {
        throw ValidationError("a batch has 8 to 65536 values, a multiple of 8")
      }
    }

    func run() throws {
      if !json { print(PaillierBenchmark.Row.heading) }
      for size in bits.compactMap(KeySize.init) {
        for row in try PaillierBenchmark(size: size, batchSize: batch).rows() {
          print(json ? row.json : row.text)
        }
      }
    }
  }

  struct Lookup: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lookup",
      abstract: "Private lookups without the OPRF: both sides, traffic, and the size of the table.")
    @Flag(help: "Print one JSON object per line.")
    var json = false

    @Option(help: "Measure only rows or sets whose names contain this, such as lookup/batch or 16m.")
    var only: String?

    func validate() throws { try Output.refuseUnknownVariant() }

    func run() throws {
      if !json { print(LookupRow.heading) }
      for benchmark in LookupBenchmark.all where only.map({ benchmark.matches($0) }) ?? true {
        let row = try benchmark.row()
        print(json ? row.json : row.text)
      }
    }
  }

  struct NTT: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ntt", abstract: "Number-theoretic transforms and row operations, 48-bit prime.")
    @OptionGroup var output: Output

    func run() throws {
      output.printHeading()
      for degree in try output.sizes(among: [1024, 2048, 4096, 8192, 16384, 32768]) {
        output.print(try NTTBenchmark(degree: degree, variant: .current).rows())
      }
    }
  }
}
#else
/// Without the service packages there is no argument parser: all of BFV, as JSON.
@main
struct HitokuBench {
  static func main() throws {
    for degree in BFVBenchmark.degrees {
      for row in try BFVBenchmark(degree: degree).rows() { print(row.json) }
    }
  }
}
#endif
