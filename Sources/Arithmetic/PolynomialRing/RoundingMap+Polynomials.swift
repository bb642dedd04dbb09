// Fence: rows of polynomials go to the map's kernels (see RowStorage.swift).
import ModularArithmetic
import Secrets

extension RoundingMap {
  /// The outputs as a polynomial: rows of `source`, no own rows. For extensions and lifts.
  public func callAsFunction(
    _ source: RNSPolynomial<Coefficient>, to target: RNSBasis
  ) -> RNSPolynomial<Coefficient> {
    precondition(source.basis.count == sourceCount && target.count == outputCount)
    let degree = source.degree
    var result = RNSPolynomial<Coefficient>(uninitialized: target)
    unsafe source.withRows { rows in
      unsafe result.withMutableRows { output in
        unsafe apply(
          source: Rows(start: rows, stride: degree), own: nil, output: output, outputStride: degree,
          count: degree)
      }
    }
    return result
  }

  /// x modulo Q (its basis) and, by this extension, modulo the further primes of `joined`.
  public func extend(
    _ source: RNSPolynomial<Coefficient>, to joined: RNSBasis
  ) -> RNSPolynomial<Coefficient> {
    let (degree, count) = (source.degree, source.basis.count)
    precondition(count == sourceCount && joined.count == count + outputCount)
    var result = RNSPolynomial<Coefficient>(uninitialized: joined)
    unsafe source.withRows { rows in
      unsafe result.withMutableRows { output in
        unsafe output.update(from: rows, count: count * degree)
        unsafe apply(
          source: Rows(start: rows, stride: degree), own: nil, output: output + count * degree,
          outputStride: degree, count: degree)
      }
    }
    return result
  }

  /// Scales x, given modulo Q then B, to B: sources are the first rows, own rows the others.
  public func scale(
    _ source: RNSPolynomial<Coefficient>, to target: RNSBasis
  ) -> RNSPolynomial<Coefficient> {
    precondition(source.basis.count == sourceCount + outputCount && target.count == outputCount)
    let degree = source.degree
    var result = RNSPolynomial<Coefficient>(uninitialized: target)
    unsafe source.withRows { rows in
      unsafe result.withMutableRows { output in
        unsafe apply(
          source: Rows(start: rows, stride: degree),
          own: Rows(start: rows + sourceCount * degree, stride: degree), output: output,
          outputStride: degree, count: degree)
      }
    }
    return result
  }

  /// ⌊x/p⌉, p the last prime of the basis of x, to the basis of the others.
  public func divideByLast(
    _ source: RNSPolynomial<Coefficient>, to target: RNSBasis
  ) -> RNSPolynomial<Coefficient> {
    let (degree, count) = (source.degree, source.basis.count)
    precondition(sourceCount == 1 && outputCount == count - 1 && target.count == outputCount)
    var result = RNSPolynomial<Coefficient>(uninitialized: target)
    unsafe source.withRows { rows in
      let last = unsafe rows + (count - 1) * degree
      unsafe result.withMutableRows { output in
        guard variant != .avx512 else {
          unsafe apply(
            source: Rows(start: last, stride: degree), own: Rows(start: rows, stride: degree),
            output: output, outputStride: degree, count: degree)
          return
        }
        // (x − [x]_p)/p by row operations: a third of the scalar map's time.
        for (index, ring) in target.rings.enumerated() {
          let row = unsafe output + index * degree
          let inverse = FixedMultiplicand(outputs[8 * index + 5], modulus: ring.modulus)
          unsafe ring.liftCentered(row, last, from: source.basis.rings[count - 1].modulus)
          unsafe ring.subtractMultiply(row, rows + index * degree, row, by: inverse)
        }
      }
    }
    return result
  }

  /// Adds the image of `words` (k rows of N entries below the source bounds) to `polynomial`.
  public func add(_ words: [UInt64], to polynomial: inout RNSPolynomial<Coefficient>) {
    let degree = polynomial.degree
    precondition(words.count == sourceCount * degree && polynomial.basis.count == outputCount)
    unsafe words.withUnsafeBufferPointer { words in
      guard let start = words.baseAddress else { return }
      unsafe add(rowsAt: start, to: &polynomial)
    }
  }

  /// Adds the image of one column, k words below the source bounds, to the constant coefficient of `polynomial`.
  public func add(
    constant words: borrowing SecretBuffer<UInt64>, to polynomial: inout RNSPolynomial<Coefficient>
  ) {
    let degree = polynomial.degree
    precondition(words.count == sourceCount && polynomial.basis.count == outputCount)
    unsafe words.withUnsafeBufferPointer { words in
      guard let start = words.baseAddress else { return }
      unsafe polynomial.withMutableRows { rows in
        unsafe apply(
          source: Rows(start: start, stride: 1), own: Rows(start: UnsafePointer(rows), stride: degree),
          output: rows, outputStride: degree, count: 1)
      }
    }
  }

  func add(rowsAt words: UnsafePointer<UInt64>, to polynomial: inout RNSPolynomial<Coefficient>) {
    let degree = polynomial.degree
    unsafe polynomial.withMutableRows { rows in
      unsafe apply(
        source: Rows(start: words, stride: degree), own: Rows(start: UnsafePointer(rows), stride: degree),
        output: rows, outputStride: degree, count: degree)
    }
  }

  /// The image of `words` (k rows of N entries below the source bounds).
  public func map(_ words: [UInt64], to target: RNSBasis) -> RNSPolynomial<Coefficient> {
    let degree = target.degree
    precondition(words.count == sourceCount * degree && target.count == outputCount)
    var result = RNSPolynomial<Coefficient>(uninitialized: target)
    unsafe words.withUnsafeBufferPointer { words in
      guard let start = words.baseAddress else { return }
      unsafe result.withMutableRows { output in
        unsafe apply(
          source: Rows(start: start, stride: degree), own: nil, output: output, outputStride: degree,
          count: degree)
      }
    }
    return result
  }

  /// The one output row for `count` coefficients from `first`: decryption and switching down.
  public func words(
    of source: RNSPolynomial<Coefficient>, first: Int = 0, count: Int
  ) -> [UInt64] {
    precondition(outputCount == 1 && source.basis.count == sourceCount)
    precondition(first >= 0 && count > 0 && first + count <= source.degree)
    return unsafe source.withRows { rows in
      unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
        guard let output = buffer.baseAddress else { return }
        unsafe apply(
          source: Rows(start: rows + first, stride: source.degree), own: nil, output: output,
          outputStride: count, count: count)
        initialized = count
      }
    }
  }
}
