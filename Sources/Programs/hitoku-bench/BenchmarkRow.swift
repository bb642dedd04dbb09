import Glibc
import ProcessorFeatures

/// One measured operation.
struct BenchmarkRow {
  /// room/operation.
  let name: String
  /// The ring degree, or another size the room counts by.
  let size: Int
  /// Primes of the set, 1 for a single row.
  let primes: Int
  /// The kernels that ran.
  let variant: VectorVariant
  /// Median time of one operation.
  let microseconds: Double
  /// Bytes that the operation read or wrote on a wire, else 0.
  let bytes: Int

  /// One JSON object on one line.
  var json: String {
    """
    {"name":"\(name)","n":\(size),"primes":\(primes),"variant":"\(variant.rawValue)",\
    "median_us":\(rounded),"bytes":\(bytes)}
    """
  }

  /// One line of the table.
  var text: String {
    let fields = [
      name.padded(to: 28), "\(size)".paddedLeft(to: 6), "\(primes)".paddedLeft(to: 7),
      variant.rawValue.paddedLeft(to: 8), "\(rounded)".paddedLeft(to: 12),
      (bytes > 0 ? "\(bytes)" : "").paddedLeft(to: 10),
    ]
    return fields.joined(separator: " ")
  }

  /// The head of the table.
  static let heading =
    "operation".padded(to: 28) + "      n  primes  variant    median µs      bytes"

  private var rounded: Double { (microseconds * 1000).rounded() / 1000 }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
  fileprivate func paddedLeft(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

/// Medians of repeated calls, in processor time of this process: what else the machine does must not count, and it
/// takes the processor away from everything that runs longer than a time slice.
///
/// What a body makes goes into a sink that the optimiser cannot see through.
struct Stopwatch {
  /// Rough time to spend on one operation.
  var budget: Duration = .milliseconds(400)

  /// Median microseconds of `body` divided by `calls`.
  func median(calls: Int = 1, _ body: () throws -> Void) rethrows -> Double {
    try body()
    let once = try time(1, body)
    // Reading the clock takes a call of the kernel.
    let repetitions = max(1, Int(Duration.microseconds(100) / max(once, .nanoseconds(100))))
    let samples = min(1000, max(7, Int(budget / max(once * repetitions, .microseconds(1)))))
    var times: [Duration] = []
    for _ in 0..<samples { times.append(try time(repetitions, body)) }
    return times.sorted()[samples / 2] / .microseconds(1) / Double(repetitions * calls)
  }

  /// Microseconds of one call.
  func once(_ body: () throws -> Void) rethrows -> Double { try time(1, body) / .microseconds(1) }

  private func time(_ repetitions: Int, _ body: () throws -> Void) rethrows -> Duration {
    let start = Self.processorTime
    for _ in 0..<repetitions { try body() }
    return Self.processorTime - start
  }

  private static var processorTime: Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// Takes a value and does nothing the optimiser may know of.
@inline(never) func consume<Value: ~Copyable>(_ value: borrowing Value) {}
