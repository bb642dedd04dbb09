/// The largest log2 q for each degree, special primes included, at 128 bits of classical security with a ternary
/// secret and σ ≥ 3.19: "Security Guidelines for Implementing Homomorphic Encryption", eprint 2024/463, table 5.2.
enum SecurityTable {
  static let maximumModulusBits = [1024: 26, 2048: 53, 4096: 106, 8192: 214, 16384: 430, 32768: 868]
}
