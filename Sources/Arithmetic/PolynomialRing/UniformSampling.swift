// Fence: rows are filled in place (see RowStorage.swift).
import ModularArithmetic
import Primitives

extension RNSPolynomial {
  /// A uniform element, as a function of the stream alone: both ends of a wire expand the same one from a seed.
  ///
  /// Row by row; for each row the words still missing are drawn at once, each cut to the prime's bit width L
  /// and taken if it is below the prime, in order, until the row is full. Variable time: the result is public.
  public init(uniform basis: RNSBasis, from stream: inout RandomStream) {
    self.init(uninitialized: basis)
    let degree = basis.degree
    unsafe withMutableRows { rows in
      for (index, ring) in basis.rings.enumerated() {
        let (q, mask) = (ring.modulus.value, (UInt64(1) << UInt64(ring.modulus.bitWidth)) - 1)
        let row = unsafe rows + index * degree
        var accepted = 0
        while accepted < degree {
          let missing = unsafe UnsafeMutableBufferPointer(start: row + accepted, count: degree - accepted)
          unsafe stream.fill(UnsafeMutableRawBufferPointer(missing))
          var next = accepted
          for i in accepted..<degree {
            let candidate = unsafe row[i] & mask
            unsafe row[next] = candidate
            next &+= candidate < q ? 1 : 0
            if next == degree { break }
          }
          accepted = next
        }
      }
    }
  }
}
