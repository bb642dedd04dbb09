import PrimitivesAVX512
import ProcessorFeatures
import Secrets

// Fence: blocks and keys handed to the ciphers by pointer.

/// How many blocks in a row are hashed under one tweak.
public enum BlocksPerTweak: Int, Sendable {
  /// An evaluator, or a receiver of a transfer: one point for each tweak.
  case one = 1
  /// A garbler, or a sender of a transfer: two points that differ by the secret offset.
  case two = 2
}

/// The tweakable circular correlation robust hash of half gates and oblivious transfer:
/// H(x, i) = π(π(x) ⊕ i) ⊕ π(x), where π is AES-128 (Guo, Katz, Wang and Yu, eprint 2019/074, section 7).
///
/// π gets a new key for every batch of at most 128 tweaks, as garbling of many instances asks for (Guo, Katz, Wang, Weng and Yu,
/// eprint 2019/1168): keys are the bytes of `RandomStream` under the seed of a run, 16 for each batch. So both
/// sides of a run, hashing batches of the same sizes in the same order, use the same keys. docs/garbled-circuits.md has the bound.
@safe
public struct TweakedHash: ~Copyable, @unchecked Sendable {
  /// Tweaks of a batch at most.
  public static let maximumTweaks = 128

  private static let keysAtOnce = 64

  private var keys: RandomStream
  private var keyBytes = [UInt8](repeating: 0, count: keysAtOnce * BlockCipher.keyByteCount)
  private var keyIndex = keysAtOnce
  private var cipher = BlockCipher()
  private var images = SecretBuffer<Block>(count: 2 * maximumTweaks)
  private let isWide: Bool

  /// Starts with the first key of a stream of `seed`, which is fresh in every run.
  public init(seed: Seed, stream: UInt64) { self.init(seed: seed, stream: stream, variant: .current) }

  /// The same with kernels chosen by hand: `avx512` uses VAES where the processor has it, every other variant OpenSSL.
  package init(seed: Seed, stream: UInt64, variant: VectorVariant) {
    keys = RandomStream(seed: seed, stream: stream)
    isWide = variant == .avx512 && VectorVariant.hasVectorAES
  }

  /// Replaces `count` blocks by their hashes, under the next key. Block k has tweak ⌊k / blocksPerTweak⌋ and there are at
  /// most `maximumTweaks` of them; `count` is a multiple of `blocksPerTweak`.
  ///
  /// Constant-time in the blocks where AES is an instruction of the processor.
  public mutating func hash(
    _ blocks: UnsafeMutablePointer<Block>, count: Int, _ blocksPerTweak: BlocksPerTweak
  ) {
    precondition(
      count % blocksPerTweak.rawValue == 0 && count <= blocksPerTweak.rawValue * Self.maximumTweaks,
      "a batch of a tweaked hash")
    guard count > 0 else { return }
    let shift = blocksPerTweak == .two ? 1 : 0
    if keyIndex == Self.keysAtOnce {
      unsafe keyBytes.withUnsafeMutableBytes { unsafe keys.fill($0) }
      keyIndex = 0
    }
    unsafe keyBytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      let key = unsafe start + BlockCipher.keyByteCount * keyIndex
      if isWide {
        unsafe tweakedHashAVX512(blocks, count: count, shift: shift, key: key)
      } else {
        unsafe cipher.rekey(key)
        unsafe hashByCipher(blocks, count: count, shift: shift)
      }
    }
    keyIndex += 1
  }

  private mutating func hashByCipher(_ blocks: UnsafeMutablePointer<Block>, count: Int, shift: Int) {
    unsafe cipher.encrypt(blocks, count: count)
    unsafe images.withUnsafeMutableBufferPointer { images in
      guard let images = images.baseAddress else { return }
      for k in 0..<count {
        unsafe images[k] = blocks[k] ^ Block(UInt64(truncatingIfNeeded: k &>> shift), 0)
      }
      unsafe cipher.encrypt(images, count: count)
      for k in 0..<count { unsafe blocks[k] ^= images[k] }
    }
  }
}
