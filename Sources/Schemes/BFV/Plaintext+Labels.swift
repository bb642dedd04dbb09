import BigIntegers

extension Plaintext {
  /// Coefficient i is `values[labels[i] − first]`, or zero where there is no such value; at most N labels, and values in
  /// [0, t).
  ///
  /// For uploads of secret choices among few public values: every value is looked at for every coefficient, and no
  /// branch and no address depends on a label. Throws `invalidPlaintext`.
  public init(
    labels: some RandomAccessCollection<Int32>, from first: Int32, among values: [BigInteger],
    parameters: Parameters
  ) throws(BFVError) {
    let table = try Plaintext(wideCoefficients: values, parameters: parameters)
    let degree = parameters.degree
    guard labels.count <= degree else { throw .invalidPlaintext }
    var limbs = [UInt64](repeating: 0, count: table.limbs.count)
    // The number of the chosen value as a word; what is out of range equals none of them.
    let choices = labels.map { UInt64(bitPattern: Int64($0) - Int64(first)) }
    for choice in values.indices {
      for start in stride(from: 0, to: limbs.count, by: degree) where table.limbs[start + choice] != 0 {
        let value = table.limbs[start + choice]
        for index in choices.indices {
          let difference = choices[index] ^ UInt64(choice)
          // All ones where the difference is zero.
          let mask = ((difference | (0 &- difference)) >> 63) &- 1
          limbs[start + index] |= value & mask
        }
      }
    }
    self.init(degree: degree, limbs: limbs)
  }
}
