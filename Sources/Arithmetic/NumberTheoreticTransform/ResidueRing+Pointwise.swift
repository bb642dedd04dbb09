import ModularArithmetic

extension ResidueRing {
  /// r = a + b.
  public func add(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.add(r, a, b)
    case .avx2(let kernel): unsafe kernel.add(r, a, b)
    case .avx512(let kernel): unsafe kernel.add(r, a, b)
    }
    unsafe assertResidues(r)
  }

  /// r = a − b.
  public func subtract(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.subtract(r, a, b)
    case .avx2(let kernel): unsafe kernel.subtract(r, a, b)
    case .avx512(let kernel): unsafe kernel.subtract(r, a, b)
    }
    unsafe assertResidues(r)
  }

  /// r = −a.
  public func negate(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>
  ) {
    unsafe assertResidues(a)
    switch kernel {
    case .base(let kernel): unsafe kernel.negate(r, a)
    case .avx2(let kernel): unsafe kernel.negate(r, a)
    case .avx512(let kernel): unsafe kernel.negate(r, a)
    }
    unsafe assertResidues(r)
  }

  /// r = a·b, slot by slot.
  public func multiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.multiply(r, a, b)
    case .avx2(let kernel): unsafe kernel.multiply(r, a, b)
    case .avx512(let kernel): unsafe kernel.multiply(r, a, b)
    }
    unsafe assertResidues(r)
  }

  /// r = r + a·b, slot by slot.
  public func multiplyAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>
  ) {
    unsafe assertResidues(r)
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.multiplyAdd(r, a, b)
    case .avx2(let kernel): unsafe kernel.multiplyAdd(r, a, b)
    case .avx512(let kernel): unsafe kernel.multiplyAdd(r, a, b)
    }
    unsafe assertResidues(r)
  }

  /// r = a·w, for words a below 2^52.
  public func multiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, by w: FixedMultiplicand
  ) {
    unsafe assertResidues(a, below: 1 << 52)
    switch kernel {
    case .base(let kernel): unsafe kernel.multiply(r, a, by: w)
    case .avx2(let kernel): unsafe kernel.multiply(r, a, by: w)
    case .avx512(let kernel): unsafe kernel.multiply(r, a, by: w)
    }
    unsafe assertResidues(r)
  }

  /// r = r + a·w, for words a below 2^52.
  public func multiplyAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, by w: FixedMultiplicand
  ) {
    unsafe assertResidues(a, below: 1 << 52)
    unsafe assertResidues(r)
    switch kernel {
    case .base(let kernel): unsafe kernel.multiplyAdd(r, a, by: w)
    case .avx2(let kernel): unsafe kernel.multiplyAdd(r, a, by: w)
    case .avx512(let kernel): unsafe kernel.multiplyAdd(r, a, by: w)
    }
    unsafe assertResidues(r)
  }

  /// r = (a − b)·w.
  public func subtractMultiply(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>,
    by w: FixedMultiplicand
  ) {
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.subtractMultiply(r, a, b, by: w)
    case .avx2(let kernel): unsafe kernel.subtractMultiply(r, a, b, by: w)
    case .avx512(let kernel): unsafe kernel.subtractMultiply(r, a, b, by: w)
    }
    unsafe assertResidues(r)
  }

  /// r = a mod q, for words a below 2^52.
  public func reduce(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>
  ) {
    unsafe assertResidues(a, below: 1 << 52)
    switch kernel {
    case .base(let kernel): unsafe kernel.reduce(r, a)
    case .avx2(let kernel): unsafe kernel.reduce(r, a)
    case .avx512(let kernel): unsafe kernel.reduce(r, a)
    }
    unsafe assertResidues(r)
  }

  /// r = the centred representative of a in [0, p) for another modulus p, taken mod q: x where x ≤ (p − 1)/2, else x − p, as
  /// `Modulus.centered` has it.
  public func liftCentered(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafePointer<UInt64>, from source: Modulus
  ) {
    unsafe assertResidues(a, below: source.value)
    switch kernel {
    case .base(let kernel): unsafe kernel.liftCentered(r, a, from: source)
    case .avx2(let kernel): unsafe kernel.liftCentered(r, a, from: source)
    case .avx512(let kernel): unsafe kernel.liftCentered(r, a, from: source)
    }
    unsafe assertResidues(r)
  }

  /// r = Σ a_k·b_k, slot by slot, over as many terms as both lists have, at least one.
  ///
  /// Lazily reduced: sums stay in registers over as many terms as q allows.
  public func dot(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>
  ) {
    precondition(a.count == b.count && a.count > 0)
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.dot(r, a, b, adds: false)
    case .avx2(let kernel): unsafe kernel.dot(r, a, b)
    case .avx512(let kernel): unsafe kernel.dot(r, a, b)
    }
    unsafe assertResidues(r)
  }

  /// r = r + Σ a_k·b_k, slot by slot, over as many terms as both lists have, at least one.
  public func dotAdd(
    _ r: UnsafeMutablePointer<UInt64>, _ a: UnsafeBufferPointer<UnsafePointer<UInt64>>,
    _ b: UnsafeBufferPointer<UnsafePointer<UInt64>>
  ) {
    precondition(a.count == b.count && a.count > 0)
    unsafe assertResidues(r)
    unsafe assertResidues(a)
    unsafe assertResidues(b)
    switch kernel {
    case .base(let kernel): unsafe kernel.dot(r, a, b, adds: true)
    case .avx2(let kernel): unsafe kernel.dotAdd(r, a, b)
    case .avx512(let kernel): unsafe kernel.dotAdd(r, a, b)
    }
    unsafe assertResidues(r)
  }
}
