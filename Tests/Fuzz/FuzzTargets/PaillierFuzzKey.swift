import BigIntegers
import Paillier

/// The key that Paillier's inputs are read for, the same in every run; its primes are no secret.
enum PaillierFuzzKey {
  static func make() throws -> PrivateKey {
    guard let p = BigInteger(p, radix: 16), let q = BigInteger(q, radix: 16) else {
      preconditionFailure("hexadecimal digits")
    }
    return try PrivateKey(variableTime: p, q, variant: .current)
  }

  static let proven: ProvenKey = {
    guard let key = try? make(), let proven = ProvenKey(own: key) else {
      preconditionFailure("the key is well-formed")
    }
    return proven
  }()

  static var publicKey: PublicKey { proven.key }

  private static let p =
    "dfa968e0d8ef972f4ca4dc91b7f45c6bdf5d1974df0ecf259742d45e23402af72ec631e440d9c2376682401d6ed1f062"
    + "ca061f12a815510a8a13a3f5d573b8abe37b5ddeec796ba05f6086e2ee4f3503637fd4d718b6ebab79c2f4c002884d9e"
    + "53ec27c14f24eb9df3c1eecfcd0f67add19bbc0979edcb23825f7b6fbecee4e7"
  private static let q =
    "d3d9aa44158d6cc120d03546971b16b8b8bc849eeafccdd7c5fede19f64a730247546c18c1647ef0b456532f730c72cb"
    + "432c1e7cbd77fc4dd66a5c94b9deaf8dfbdd3f6c5ff08cd5ea80c8239bd1f73c97e4eae5797cc431bc51371ae7b78cfe"
    + "eb53cf80ed48d495c8c2e16c9f607a8194f45c7f02f79d236ed1928f3b1e590b"
}
