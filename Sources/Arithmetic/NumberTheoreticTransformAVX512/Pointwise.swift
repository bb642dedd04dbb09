import ModularArithmetic

extension VectorKernel {
  /// r = a + b.
  public func add(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let q = Lanes.Words(repeating: modulus.value)
    map(r, a, b) { x, y in
      let sum = x &+ y
      return Lanes.select(sum, sum &- q)
    }
  }

  /// r = a − b.
  public func subtract(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let q = Lanes.Words(repeating: modulus.value)
    map(r, a, b) { x, y in
      let difference = x &- y
      return Lanes.select(difference &+ q, difference)
    }
  }

  /// r = −a.
  public func negate(_ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>) {
    let q = Lanes.Words(repeating: modulus.value)
    map(r, a) { x in
      let negated = q &- x
      return Lanes.select(negated, negated &- q)
    }
  }

  /// r = a·b.
  public func multiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let c = constants
    map(r, a, b) { x, y in Lanes.product(x, y, c) }
  }

  /// r = r + a·b.
  public func multiplyAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    let c = constants
    let q = Lanes.Words(repeating: modulus.value)
    update(r, a, b) { z, x, y in
      let sum = z &+ Lanes.product(x, y, c)
      return Lanes.select(sum, sum &- q)
    }
  }

  /// r = a·w for words a below 2^52.
  public func multiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, by w: FixedMultiplicand
  ) {
    let c = constants
    let factor = splat(Lanes.twiddle(w, modulus: modulus))
    map(r, a) { x in Lanes.residues(ofReduced: Lanes.multiply(Lanes.lanes(x), factor, c), c) }
  }

  /// r = r + a·w for words a below 2^52.
  public func multiplyAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, by w: FixedMultiplicand
  ) {
    let c = constants
    let q = Lanes.Words(repeating: modulus.value)
    let factor = splat(Lanes.twiddle(w, modulus: modulus))
    update(r, a, a) { z, x, _ in
      let sum = z &+ Lanes.residues(ofReduced: Lanes.multiply(Lanes.lanes(x), factor, c), c)
      return Lanes.select(sum, sum &- q)
    }
  }

  /// r = (a − b)·w.
  public func subtractMultiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>,
    by w: FixedMultiplicand
  ) {
    let c = constants
    let q = Lanes.Words(repeating: modulus.value)
    let factor = splat(Lanes.twiddle(w, modulus: modulus))
    map(r, a, b) { x, y in
      Lanes.residues(ofReduced: Lanes.multiply(Lanes.lanes(x &+ q &- y), factor, c), c)
    }
  }

  /// r = a mod q for words a below 2^52.
  public func reduce(_ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>) {
    let c = constants
    map(r, a) { x in Lanes.residues(Lanes.lanes(x), c) }
  }

  /// r = the centred representative of a in [0, p), mod q: p is subtracted where a > (p − 1)/2.
  public func liftCentered(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, from source: Modulus
  ) {
    let c = constants
    let half = Lanes.Words(repeating: (source.value - 1) / 2)
    // −p mod q keeps the sum positive and below 2^49.
    let offset = Lanes.Words(repeating: modulus.negate(modulus.reduce(source.value)))
    map(r, a) { x in lift(x, half: half, offset: offset, c) }
  }

  /// (x, or x + `offset` where x > `half`) mod q. A closure of this size is not inlined.
  @inline(__always)
  private func lift(
    _ x: Lanes.Words, half: Lanes.Words, offset: Lanes.Words, _ c: Lanes.Constants
  ) -> Lanes.Words {
    Lanes.residues(Lanes.lanes(x &+ (Lanes.mask(where: x, exceeds: half) & offset)), c)
  }
}

extension VectorKernel {
  @inline(__always)
  private func words(_ row: UnsafePointer<UInt64>) -> UnsafePointer<Lanes.Words> {
    checkAlignment(row)
    return UnsafeRawPointer(row).assumingMemoryBound(to: Lanes.Words.self)
  }

  @inline(__always)
  private func words(_ row: UnsafeMutablePointer<UInt64>) -> UnsafeMutablePointer<Lanes.Words> {
    checkAlignment(row)
    return UnsafeMutableRawPointer(row).assumingMemoryBound(to: Lanes.Words.self)
  }

  @inline(__always)
  private func map(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ operation: (Lanes.Words) -> Lanes.Words
  ) {
    let (r, a) = (words(r), words(a))
    for i in 0..<vectors { r[i] = operation(a[i]) }
  }

  @inline(__always)
  private func map(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>,
    _ operation: (Lanes.Words, Lanes.Words) -> Lanes.Words
  ) {
    let (r, a, b) = (words(r), words(a), words(b))
    for i in 0..<vectors { r[i] = operation(a[i], b[i]) }
  }

  @inline(__always)
  private func update(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>,
    _ operation: (Lanes.Words, Lanes.Words, Lanes.Words) -> Lanes.Words
  ) {
    let (r, a, b) = (words(r), words(a), words(b))
    for i in 0..<vectors { r[i] = operation(r[i], a[i], b[i]) }
  }
}
