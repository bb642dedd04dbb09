import ParallelLoops
import PrimeOrderGroupAVX512
import Secrets
import Synchronization

// Fence: rows by pointer, cut into chunks that threads own one at a time. Workspaces and digits are wiped memory.

/// The factors of a batch, by pointer: 32 bytes each, below ℓ.
@unsafe enum Factors {
  /// One for all.
  case one(UnsafePointer<UInt8>)
  /// One for each element.
  case each(UnsafePointer<UInt8>)

  func factor(_ index: Int) -> UnsafePointer<UInt8> {
    switch unsafe self {
    case .one(let scalar): unsafe scalar
    case .each(let scalars): unsafe scalars + Row.byteCount * index
    }
  }
}

/// The first element that a batch refuses, whichever thread met it.
struct FirstFailure: ~Copyable {
  private let encoding = Atomic(Int.max)
  private let identity = Atomic(Int.max)

  borrowing func refuseEncoding(at index: Int) { encoding.min(index, ordering: .relaxed) }
  borrowing func refuseIdentity(at index: Int) { identity.min(index, ordering: .relaxed) }

  borrowing func check() throws(GroupError) {
    let bad = encoding.load(ordering: .relaxed), neutral = identity.load(ordering: .relaxed)
    if neutral < bad { throw .identity(index: neutral) }
    if bad < Int.max { throw .invalidEncoding(index: bad) }
  }
}

/// What one batch does to each of its chunks. Pointers are valid for all `count` elements.
@safe struct BatchKernel: @unchecked Sendable {
  let settings: BatchSettings
  let count: Int
  let input: UnsafePointer<UInt8>
  let output: UnsafeMutablePointer<UInt8>

  /// Elements of one chunk: what the wide kernel takes at once.
  private static let chunkSize = RistrettoKernel.maximumCount

  /// Checks encodings of 32 bytes.
  func validate(identity: IdentityRule) throws(GroupError) {
    let failure = FirstFailure()
    forEachChunk { range in
      if identity == .refused { refuseIdentities(range, failure) }
      let bad =
        settings.isWide
        ? withWorkspace { unsafe $0.firstInvalid(input + 32 * range.lowerBound, count: range.count) }
        : range.firstIndex { unsafe !Sodium.isValid(input + 32 * $0) }.map { $0 - range.lowerBound }
      if let bad { failure.refuseEncoding(at: range.lowerBound + bad) }
    }
    try failure.check()
  }

  /// Multiplies encodings, 32 bytes to 32 bytes; `input` may be `output`.
  func multiply(by factors: Factors, identity: IdentityRule) throws(GroupError) {
    let failure = FirstFailure()
    let common = unsafe commonDigits(factors)
    unsafe common.withUnsafeBufferPointer { common in
      nonisolated(unsafe) let common = unsafe common, factors = unsafe factors
      forEachChunk { range in
        if identity == .refused { refuseIdentities(range, failure) }
        guard settings.isWide else {
          return unsafe multiplyScalar(range, factors, failure)
        }
        let bad = unsafe withKernel(range, factors, common) { kernel, digits, perGroup in
          unsafe kernel.multiply(
            input + 32 * range.lowerBound, count: range.count, digits: digits, digitsPerGroup: perGroup,
            output: output + 32 * range.lowerBound)
        }
        if let bad { failure.refuseEncoding(at: range.lowerBound + bad) }
      }
    }
    try failure.check()
  }

  private func multiplyScalar(_ range: Range<Int>, _ factors: Factors, _ failure: borrowing FirstFailure) {
    for i in range {
      let valid = unsafe Sodium.multiply(input + 32 * i, by: factors.factor(i), into: output + 32 * i)
      if !valid { failure.refuseEncoding(at: i) }
    }
  }

  /// The one-way map, 64 bytes to 32 bytes, then multiplication if there are factors. `fill` gives the uniform bytes of a
  /// range.
  func map(
    multiplyingBy factors: Factors?, fill: @Sendable (Range<Int>, UnsafeMutablePointer<UInt8>) -> Void
  ) {
    let common = unsafe commonDigits(factors)
    unsafe common.withUnsafeBufferPointer { common in
      nonisolated(unsafe) let common = unsafe common, factors = unsafe factors
      forEachChunk { range in
        var uniform = SecretBytes(count: 64 * range.count)
        unsafe uniform.withUnsafeMutableBufferPointer { uniform in
          let uniform = unsafe mutableStart(uniform)
          unsafe fill(range, uniform)
          if settings.isWide {
            unsafe mapWide(range, uniform, factors, common)
          } else {
            unsafe mapScalar(range, uniform, factors)
          }
        }
      }
    }
  }

  private func mapWide(
    _ range: Range<Int>, _ uniform: UnsafePointer<UInt8>, _ factors: Factors?,
    _ common: UnsafeBufferPointer<UInt64>
  ) {
    let target = unsafe output + 32 * range.lowerBound
    guard let factors = unsafe factors else {
      return withWorkspace { unsafe $0.hash(uniform, count: range.count, output: target) }
    }
    unsafe withKernel(range, factors, common) { kernel, digits, perGroup in
      unsafe kernel.hashAndMultiply(
        uniform, count: range.count, digits: digits, digitsPerGroup: perGroup, output: target)
    }
  }

  private func mapScalar(_ range: Range<Int>, _ uniform: UnsafePointer<UInt8>, _ factors: Factors?) {
    for (k, i) in range.enumerated() {
      let row = unsafe output + 32 * i
      unsafe Sodium.map(uniform + 64 * k, into: row)
      if let factors = unsafe factors { _ = unsafe Sodium.multiply(row, by: factors.factor(i), into: row) }
    }
  }

  /// The sum of valid elements, each multiplied by its own factor. `output` has room for one row for each chunk.
  func sumOfProducts(_ factors: UnsafePointer<UInt8>) -> GroupElement {
    nonisolated(unsafe) let factors = unsafe Factors.each(factors)
    let chunks = (count + Self.chunkSize - 1) / Self.chunkSize
    forEachChunk { range in
      let target = unsafe output + 32 * (range.lowerBound / Self.chunkSize)
      guard settings.isWide else { return unsafe sumScalar(range, factors, target) }
      let none = unsafe UnsafeBufferPointer<UInt64>(start: nil, count: 0)
      let bad = unsafe withKernel(range, factors, none) { kernel, digits, _ in
        unsafe kernel.sumOfProducts(
          input + 32 * range.lowerBound, count: range.count, digits: digits, output: target)
      }
      precondition(bad == nil, "elements are valid")
    }
    return (0..<chunks).reduce(.identity) { sum, chunk in
      sum + GroupElement(row: unsafe Row { unsafe $0.update(from: output + 32 * chunk, count: 32) })
    }
  }

  private func sumScalar(_ range: Range<Int>, _ factors: Factors, _ target: UnsafeMutablePointer<UInt8>) {
    var sum = GroupElement.identity
    for i in range {
      let product = unsafe Row {
        let valid = unsafe Sodium.multiply(input + 32 * i, by: factors.factor(i), into: $0)
        precondition(valid, "elements are valid")
      }
      sum = sum + GroupElement(row: product)
    }
    unsafe sum.row.withPointer { unsafe target.update(from: $0, count: 32) }
  }

  private func refuseIdentities(_ range: Range<Int>, _ failure: borrowing FirstFailure) {
    for i in range {
      var bits: UInt64 = 0
      for word in 0..<4 {
        unsafe bits |= UnsafeRawPointer(input).loadUnaligned(
          fromByteOffset: 32 * i + 8 * word, as: UInt64.self)
      }
      if bits == 0 { return failure.refuseIdentity(at: i) }
    }
  }
}

// Memory of the wide kernel.
extension BatchKernel {
  private func forEachChunk(_ body: @Sendable (Range<Int>) -> Void) {
    ParallelLoops.forEachChunk(of: Self.chunkSize, count: count, threads: settings.threads, body: body)
  }

  /// Digits of a factor that all elements share, recoded once.
  private func commonDigits(_ factors: Factors?) -> SecretBuffer<UInt64> {
    guard settings.isWide, case .one(let scalar)? = unsafe factors else { return SecretBuffer(count: 0) }
    return unsafe SecretBuffer(count: RistrettoKernel.digitWordCount) {
      unsafe recode(scalar, into: mutableStart($0), lane: nil)
    }
  }

  private func withWorkspace<R>(_ body: (RistrettoKernel) -> R) -> R {
    var workspace = SecretBuffer<UInt8>(count: RistrettoKernel.workspaceByteCount)
    return unsafe workspace.withUnsafeMutableBufferPointer {
      unsafe body(RistrettoKernel(workspace: mutableStart($0)))
    }
  }

  /// Gives the digits of a range, those all elements share or each element's own.
  private func withKernel<R>(
    _ range: Range<Int>, _ factors: Factors, _ common: UnsafeBufferPointer<UInt64>,
    _ body: (RistrettoKernel, UnsafePointer<UInt64>, Bool) -> R
  ) -> R {
    guard case .each(let scalars) = unsafe factors else {
      return withWorkspace { unsafe body($0, start(common), false) }
    }
    let groups = (range.count + 7) / 8
    let digits = unsafe SecretBuffer<UInt64>(count: max(1, groups) * RistrettoKernel.digitWordCount) {
      digits in
      for (k, i) in range.enumerated() {
        let group = unsafe mutableStart(digits) + RistrettoKernel.digitWordCount * (k / 8)
        unsafe recode(scalars + 32 * i, into: group, lane: k % 8)
      }
    }
    return unsafe digits.withUnsafeBufferPointer { digits in
      withWorkspace { unsafe body($0, start(digits), true) }
    }
  }
}
