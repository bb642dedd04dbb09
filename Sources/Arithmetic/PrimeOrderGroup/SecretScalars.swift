import Primitives
import Secrets

// Fence: scalars in wiped memory, handed to libsodium by pointer.

/// Secret factors in 1..<ℓ, one for each element of a batch: blinds.
public struct SecretScalars: ~Copyable, Sendable {
  private let storage: SecretBytes

  /// The number of scalars.
  public let count: Int

  /// `count` ≥ 0 uniform scalars, expanded from the system's random source.
  public static func random(count: Int) -> SecretScalars {
    var stream = RandomStream.fromSystem()
    return unsafe SecretScalars(count: count) { index, row in
      var wide = SecretBytes(count: 64)
      repeat {
        unsafe wide.withUnsafeMutableBufferPointer { wide in
          unsafe stream.fill(UnsafeMutableRawBufferPointer(wide))
          unsafe Sodium.reduce(start(UnsafeBufferPointer(wide)), into: row)
        }
      } while unsafe classifyScalar(row).isZero
    }
  }

  /// Encodings of 32 bytes each. Throws `invalidLength`, or `invalidScalar` unless all are in 1..<ℓ.
  public init(decoding bytes: borrowing SecretBytes) throws(GroupError) {
    guard bytes.count % Row.byteCount == 0 else { throw .invalidLength(bytes.count) }
    let areValid = unsafe bytes.withUnsafeBufferPointer { bytes in
      stride(from: 0, to: bytes.count, by: Row.byteCount).allSatisfy { offset in
        let (isCanonical, isZero) = unsafe classifyScalar(start(bytes) + offset)
        return isCanonical && !isZero
      }
    }
    guard areValid else { throw .invalidScalar }
    storage = bytes.copy()
    count = bytes.count / Row.byteCount
  }

  private init(count: Int, _ body: (Int, UnsafeMutablePointer<UInt8>) -> Void) {
    precondition(count >= 0, "a number of scalars")
    self.count = count
    storage = unsafe SecretBytes(count: count * Row.byteCount) { bytes in
      guard let start = bytes.baseAddress else { return }
      for index in 0..<count { unsafe body(index, start + Row.byteCount * index) }
    }
  }

  /// The inverses mod ℓ of all, by one inversion and three products each (Montgomery, "Speeding the Pollard and elliptic
  /// curve methods of factorization", 1987, section 10.3.1).
  public borrowing func inverted() -> SecretScalars {
    guard count > 0 else { return SecretScalars.random(count: 0) }
    // Row i + 1 of `products` is the product of the scalars up to i.
    var products = SecretBytes(count: (count + 1) * Row.byteCount)
    return unsafe products.withUnsafeMutableBufferPointer { buffer in
      let products = unsafe mutableStart(buffer)
      unsafe products[0] = 1
      for index in 0..<count {
        let product = unsafe products + Row.byteCount * index
        unsafe withPointer(at: index) {
          unsafe Sodium.multiplyScalars(product, $0, into: product + Row.byteCount)
        }
      }
      return unsafe inverses(products)
    }
  }

  private borrowing func inverses(_ products: UnsafeMutablePointer<UInt8>) -> SecretScalars {
    var inverse = SecretBytes(count: Row.byteCount)
    return unsafe inverse.withUnsafeMutableBufferPointer { buffer in
      let inverse = unsafe mutableStart(buffer)
      unsafe Sodium.invertScalar(products + Row.byteCount * count, into: inverse)
      var result = SecretBytes(count: count * Row.byteCount)
      unsafe result.withUnsafeMutableBufferPointer { result in
        let result = unsafe mutableStart(result)
        for index in (0..<count).reversed() {
          let offset = Row.byteCount * index
          unsafe Sodium.multiplyScalars(inverse, products + offset, into: result + offset)
          unsafe withPointer(at: index) { unsafe Sodium.multiplyScalars(inverse, $0, into: inverse) }
        }
      }
      return SecretScalars(storage: result, count: count)
    }
  }

  private init(storage: consuming SecretBytes, count: Int) {
    self.storage = storage
    self.count = count
  }

  borrowing func withPointer<R: ~Copyable>(at index: Int, _ body: (UnsafePointer<UInt8>) -> R) -> R {
    precondition(index >= 0 && index < count, "index of a scalar")
    return unsafe storage.withUnsafeBufferPointer { unsafe body(start($0) + Row.byteCount * index) }
  }

  /// All encodings, one behind the other.
  borrowing func withUnsafeBytes<R: ~Copyable>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    unsafe storage.withUnsafeBufferPointer { unsafe body($0) }
  }
}

/// The address of a buffer that is not empty.
func mutableStart<Element>(_ buffer: UnsafeMutableBufferPointer<Element>) -> UnsafeMutablePointer<Element> {
  guard let start = buffer.baseAddress else { preconditionFailure("the buffer is empty") }
  return unsafe start
}
