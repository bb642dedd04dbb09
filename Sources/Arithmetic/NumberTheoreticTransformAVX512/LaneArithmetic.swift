import ModularArithmetic

/// What the passes and the pointwise loops ask of one kind of vector lane.
///
/// A vector holds `width` numbers of one row. `Vector` is their form inside a transform, `Words` their form in
/// memory outside one: residues in [0, q). All bounds are in units of q/8, so that both implementations state
/// theirs as integers; a lazy value x satisfies |x| ≤ bound·q/8 and |x| < 2^52.
///
/// Constants are structs of scalars that every operation splats for itself: a struct of vectors makes the
/// compiler emit weak copy helpers whose wide instructions other modules would then share.
protocol LaneArithmetic {
  /// A twiddle factor as stored.
  associatedtype Scalar: SIMDScalar
  associatedtype Vector: SIMD<Scalar>
  associatedtype Words: SIMD<UInt64>
  /// The modulus and its reduction constants.
  associatedtype Constants: Sendable

  /// How much one forward butterfly adds to the bound.
  static var butterflyGrowth: Int { get }
  /// The bound of `reduce`'s result; `multiply`'s result stays below it or below 2q as well.
  static var reducedBound: Int { get }

  static func constants(for modulus: Modulus) -> Constants
  /// w with the companion that `multiply` needs.
  static func twiddle(_ w: FixedMultiplicand, modulus: Modulus) -> (Scalar, Scalar)

  /// Cooley–Tukey: (x + w·y, x − w·y). x has bound B and y any lazy value; both results have bound
  /// B + `butterflyGrowth`.
  static func butterfly(_ x: inout Vector, _ y: inout Vector, _ w: (Vector, Vector), _ c: Constants)
  /// Gentleman–Sande: (x + y, w·(x − y)) for x, y in the 2^(`level`+1)·q range: the sum is in the next range, the
  /// product in the first.
  static func inverseButterfly(
    _ x: inout Vector, _ y: inout Vector, _ w: (Vector, Vector), level: UInt64, _ c: Constants)
  /// w·y mod q, lazily, for any lazy y.
  static func multiply(_ y: Vector, _ w: (Vector, Vector), _ c: Constants) -> Vector
  /// The same residue within `reducedBound`, for any lazy x.
  static func reduce(_ x: Vector, _ c: Constants) -> Vector

  /// Words below 2^52 as lanes.
  static func lanes(_ words: Words) -> Vector
  /// The residue in [0, q) of any lazy x.
  static func residues(_ x: Vector, _ c: Constants) -> Words
  /// The residue in [0, q) of a result of `multiply` or `reduce`.
  static func residues(ofReduced x: Vector, _ c: Constants) -> Words
  /// a·b mod q for residues a and b.
  static func product(_ a: Words, _ b: Words, _ c: Constants) -> Words
  /// The smaller of a residue sum s < 2q and s − q, or of a wrapped difference d and d + q: what lies in [0, q).
  static func select(_ a: Words, _ b: Words) -> Words
  /// All ones in lanes where `a` > `limit`, for values below 2^63.
  static func mask(where a: Words, exceeds limit: Words) -> Words
}

extension LaneArithmetic {
  /// Lazy values stay within 16q, which is below 2^52 for every q < 2^48.
  static var boundLimit: Int { 128 }
  /// The bound of a residue in [0, q).
  static var residueBound: Int { 8 }
}
