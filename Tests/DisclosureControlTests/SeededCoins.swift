import DisclosureControl
import Primitives
import Secrets

/// Repeatable coins: the stream of a key that counts `seed`.
func coins(seed: UInt8) -> RandomCoins {
  let key = unsafe SecretBytes(count: RandomStream.keyByteCount) { unsafe $0[0] = seed }
  return RandomCoins(RandomStream(key: key))
}
