// Fence: arrays of rows given to BatchKernel by pointer.

extension GroupElements {
  /// scalar·e for every element e: decodes, multiplies and encodes.
  public func multiplied(
    by scalar: borrowing SecretScalar, settings: BatchSettings = BatchSettings()
  ) -> GroupElements {
    unsafe scalar.withPointer { unsafe multiplied(by: .one($0), settings: settings) }
  }

  /// Each element multiplied by the scalar of its index; there are as many.
  public func multiplied(
    by scalars: borrowing SecretScalars, settings: BatchSettings = BatchSettings()
  ) -> GroupElements {
    precondition(scalars.count == count, "a scalar for each element")
    guard !isEmpty else { return self }
    return unsafe scalars.withUnsafeBytes { unsafe multiplied(by: .each(start($0)), settings: settings) }
  }

  private func multiplied(by factors: Factors, settings: BatchSettings) -> GroupElements {
    var product = bytes
    do throws(GroupError) {
      unsafe try multiplyRows(&product, by: factors, identity: .allowed, settings: settings)
    } catch { preconditionFailure("elements are valid") }
    return GroupElements(checked: product)
  }

  /// Multiplies received encodings of 32 bytes each in place, and validates them on the way.
  ///
  /// Throws `invalidLength`, or `invalidEncoding` or `identity` with the index of the first element that is refused; all
  /// bytes are zero then.
  public static func multiply(
    _ encodings: inout [UInt8], by scalar: borrowing SecretScalar, identity: IdentityRule = .refused,
    settings: BatchSettings = BatchSettings()
  ) throws(GroupError) {
    let result = unsafe scalar.withPointer { scalar in
      Result { () throws(GroupError) in
        unsafe try multiplyRows(&encodings, by: .one(scalar), identity: identity, settings: settings)
      }
    }
    try result.get()
  }

  /// scalar·e for every received encoding of 32 bytes, validated on the way. Throws as `multiply(_:by:)` does.
  public init(
    multiplying encodings: [UInt8], by scalar: borrowing SecretScalar, identity: IdentityRule = .refused,
    settings: BatchSettings = BatchSettings()
  ) throws(GroupError) {
    var bytes = encodings
    try Self.multiply(&bytes, by: scalar, identity: identity, settings: settings)
    self.init(checked: bytes)
  }

  /// Σ scalarᵢ·eᵢ over all elements, with as many public scalars. Constant-time all the same.
  public func sumOfProducts(
    with scalars: [GroupScalar], settings: BatchSettings = BatchSettings()
  ) -> GroupElement {
    precondition(scalars.count == count, "a scalar for each element")
    guard !isEmpty else { return .identity }
    let factors = scalars.flatMap(\.bytes)
    var partial = [UInt8](repeating: 0, count: bytes.count)
    return unsafe bytes.withUnsafeBufferPointer { input in
      unsafe partial.withUnsafeMutableBufferPointer { partial in
        unsafe factors.withUnsafeBufferPointer { factors in
          unsafe BatchKernel(
            settings: settings, count: count, input: start(input), output: mutableStart(partial)
          ).sumOfProducts(start(factors))
        }
      }
    }
  }
}

private func multiplyRows(
  _ rows: inout [UInt8], by factors: Factors, identity: IdentityRule, settings: BatchSettings
) throws(GroupError) {
  guard rows.count % GroupElement.byteCount == 0 else { throw .invalidLength(rows.count) }
  guard !rows.isEmpty else { return }
  let result = unsafe rows.withUnsafeMutableBufferPointer { rows in
    Result { () throws(GroupError) in
      unsafe try BatchKernel(
        settings: settings, count: rows.count / GroupElement.byteCount,
        input: start(UnsafeBufferPointer(rows)),
        output: mutableStart(rows)
      ).multiply(by: factors, identity: identity)
    }
  }
  do { try result.get() } catch {
    for index in rows.indices { rows[index] = 0 }
    throw error
  }
}
