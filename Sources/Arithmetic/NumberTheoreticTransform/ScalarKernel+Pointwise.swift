import ModularArithmetic

extension ScalarKernel {
  func add(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.add(a[i], b[i]) }
  }

  func subtract(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.subtract(a[i], b[i]) }
  }

  func negate(_ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.negate(a[i]) }
  }

  func multiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.multiply(a[i], b[i]) }
  }

  func multiplyAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.add(r[i], modulus.multiply(a[i], b[i])) }
  }

  func multiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, by w: FixedMultiplicand
  ) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = w.multiply(a[i], modulus: modulus) }
  }

  func multiplyAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, by w: FixedMultiplicand
  ) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.add(r[i], w.multiply(a[i], modulus: modulus)) }
  }

  func subtractMultiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>,
    by w: FixedMultiplicand
  ) {
    let modulus = modulus
    for i in 0..<degree {
      unsafe r[i] = w.multiply(a[i] &+ modulus.value &- b[i], modulus: modulus)
    }
  }

  func reduce(_ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>) {
    let modulus = modulus
    for i in 0..<degree { unsafe r[i] = modulus.reduce(a[i]) }
  }

  func liftCentered(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, from source: Modulus
  ) {
    let modulus = modulus
    let half = (source.value - 1) / 2
    let offset = modulus.negate(modulus.reduce(source.value))
    for i in 0..<degree {
      let x = unsafe a[i]
      let exceeds = UInt64(bitPattern: Int64(bitPattern: half &- x) &>> 63)
      unsafe r[i] = modulus.reduce(x &+ (exceeds & offset))
    }
  }

  func forward(_ r: UnsafeMutablePointer<UInt64>, bytes: UnsafePointer<UInt8>, from source: Modulus) {
    for i in 0..<degree { unsafe r[i] = min(UInt64(bytes[i]), source.value - 1) }
    unsafe liftCentered(r, r, from: source)
    unsafe forward(r)
  }

  /// r = Σ a_k·b_k, and with `adds` also the old r: 128 bits hold the sum of 2^32 products.
  @inline(__always)
  func dot(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>, adds: Bool
  ) {
    let (modulus, wordFactor) = (modulus, wordFactor)
    for i in 0..<degree {
      var low = adds ? unsafe r[i] : 0
      var high: UInt64 = 0
      for k in 0..<a.count {
        let product = unsafe a[k][i].multipliedFullWidth(by: b[k][i])
        let (sum, carries) = low.addingReportingOverflow(product.low)
        low = sum
        high &+= product.high &+ (carries ? 1 : 0)
      }
      unsafe r[i] = modulus.add(
        wordFactor.multiply(high, modulus: modulus), modulus.reduce(low))
    }
  }
}
