import BFV

/// The numbers of a set for retrieval as a file states them, unchecked; `LookupParameters` checks them.
public struct LookupLiteral: Sendable, Equatable {
  /// One layer: the retrieval itself, then each recursion.
  public struct Layer: Sendable, Equatable {
    /// The layer's plaintext modulus.
    public var plaintextModulus: UInt64
    /// Widths of its answers.
    public var answerBits: ParametersLiteral.AnswerBits

    /// Takes modulus and widths.
    public init(plaintextModulus: UInt64, answerBits: ParametersLiteral.AnswerBits) {
      self.plaintextModulus = plaintextModulus
      self.answerBits = answerBits
    }
  }

  /// Degree, primes and dropped bits, common to all layers.
  public var scheme: ParametersLiteral
  /// The largest number of items it was computed for.
  public var items: Int
  /// Groups of a table: `indicators` to the power of the recursions.
  public var groups: Int
  /// Encrypted indicators of one recursion; 0 without recursion.
  public var indicators: Int
  /// K, the unknowns of a column: it takes at most so many items.
  public var columnSize: Int
  /// Digits modulo t of an item: tag, then label.
  public var digitsPerItem: Int
  /// Bits of a label, 0…64, whole bytes.
  public var labelBits: Int
  /// j: one upload holds 2^j constants.
  public var expansionLevels: Int
  /// Answers of a group in the first layer.
  public var answers: Int
  /// The retrieval, then the recursions.
  public var layers: [Layer]

  /// Takes all numbers.
  public init(
    scheme: ParametersLiteral, items: Int, groups: Int, indicators: Int, columnSize: Int, digitsPerItem: Int,
    labelBits: Int, expansionLevels: Int, answers: Int, layers: [Layer]
  ) {
    self.scheme = scheme
    self.items = items
    self.groups = groups
    self.indicators = indicators
    self.columnSize = columnSize
    self.digitsPerItem = digitsPerItem
    self.labelBits = labelBits
    self.expansionLevels = expansionLevels
    self.answers = answers
    self.layers = layers
  }
}
