/// What can go wrong in this room. No case carries a contributor's value, but to the contributor itself.
public enum SumError: Error, Equatable, Sendable {
  /// The study is not one, or its sums do not fit its scheme.
  case invalidStudy(SumStudyFault)
  /// The encryption key is not the one whose fingerprint stands in the study, or is none of its scheme.
  case wrongEncryptionKey
  /// The contributor's own table has more rows than the study takes.
  case tooManyRows(Int, maximum: Int)
  /// A value of the contributor's own table is out of its column's bounds, or a label is unknown.
  case rowOutOfRange(row: Int, column: String)
  /// A vector does not have the study's number of values, or one of its values no contribution can have.
  case vectorOutOfRange
  /// A contribution's bytes are not a ciphertext of the study's scheme, parameters, level and shape.
  case malformedContribution
  /// A contribution hides nothing: anybody could read it.
  case transparentContribution
  /// A contribution to another study, or of other bytes than its digest says.
  case wrongContribution
  /// A signature does not verify.
  case invalidSignature(Signatory)
  /// Bytes of a receipt, a manifest or a seed are malformed.
  case malformed
  /// The server's seed is not the one it committed to.
  case seedNotCommitted
  /// The listed contributions are not those that were given, or their number is not allowed.
  case contributionsDiffer
  /// The released ciphertext is another than the one that follows from contributions and seeds.
  case releaseDiffers
  /// The sum's noise might not decrypt.
  case noiseTooLarge
  /// An entry of the log does not follow from those before it by the study's rules, or the log is not the one that was seen before.
  case logBroken(sequence: Int)
  /// Decrypted sums that cannot all be those of rows: somebody sent values that no rows give.
  case sumsContradict(column: String)
  /// A decrypted sum is outside all that contributions within their bounds could give: somebody sent values out of range.
  case sumOutOfRange(column: String)
  /// The key does not decrypt this study's sums.
  case wrongDecryptionKey
  /// The study's rules forbid it.
  case refused(SumRefusal)

  /// Who signs.
  public enum Signatory: String, Sendable {
    /// Signs the study and its published result.
    case analyst
    /// Signs receipts and manifests.
    case provider
    /// Signs its seed and countersigns manifests.
    case auditor
    /// Signs what it hands in.
    case contributor
  }
}
