import EncryptedSum

extension SumStudyFault {
  /// Where in the file the fault is.
  var field: String {
    switch self {
    case .text(let text), .name(let text), .twice(let text), .field(let text), .category(let text),
      .mightWrap(let text):
      text
    case .columns: "fields"
    case .pair: "products, groups, tables"
    case .limits: "minimum_contributors"
    case .period: "closing"
    case .keys: "keys"
    case .epsilon: "privacy.epsilon"
    case .tooManyValues: "fields"
    case .tooManyContributors: "maximum_contributors"
    }
  }

  /// What to do about it.
  var hint: String {
    switch self {
    case .text: "must be a text of 1 to 128 bytes without control characters."
    case .name:
      "a contributor's name has 1 to 128 bytes in Unicode's form NFC, of characters that show and single spaces between them."
    case .columns: "give a field or a category, and at most 64 of each."
    case .twice: "stands twice, without regard to case in names, or its key does. Remove one."
    case .field:
      "the minimum must be below the maximum, both within ±2^31 units, and edges ascend between them."
    case .category: "give 2 to 1,024 labels."
    case .pair: "a pair stands twice, or names one column twice, or a field without squares."
    case .limits: "at least 2, at most maximum_contributors and the number of those listed."
    case .period: "must be later than opening."
    case .keys: "the auditor's key must be neither the analyst's nor the provider's."
    case .epsilon: "must be above 0."
    case .tooManyValues(let count, let maximum):
      "\(count) values, and a contribution has room for \(maximum). Ask for less, or take a larger parameter_set."
    case .mightWrap:
      "its sum or noise might exceed the room. Take fewer decimals, narrower bounds, fewer rows or contributors, a greater "
        + "epsilon, or a larger parameter_set."
    case .tooManyContributors(let maximum): "the parameter_set has room for \(maximum)."
    }
  }
}
