import ByteCoding
import Primitives

extension SumStudy {
  /// SHA-256 over every field of the study, 32 bytes.
  public var digest: [UInt8] { SHA256.hash(canonicalEncoding) }

  /// One byte string for each study: what its digest is taken of.
  public var canonicalEncoding: [UInt8] {
    var writer = ByteWriter()
    writer.append(text: "hitoku sum study 1")
    writer.append(text: title)
    switch scheme {
    case .bfv(let name):
      writer.append(UInt8(0))
      writer.append(text: name)
    case .paillier(let form):
      writer.append(UInt8(1))
      writer.append(text: form.rawValue)
    }
    writer.append(list: fields) { $0.append(field: $1) }
    writer.append(list: categories) { writer, category in
      writer.append(text: category.column)
      writer.append(list: category.labels) { $0.append(text: $1) }
    }
    for pairs in [questions.products, questions.groups, questions.tables] {
      writer.append(list: pairs) { $0.append(integers: [$1.first, $1.second]) }
    }
    writer.append(integers: [limits.minimumContributors, limits.maximumContributors, limits.maximumRows])
    writer.append(integers: [Int(period.opening), Int(period.closing)])
    switch contributors {
    case .invited: writer.append(UInt8(0))
    case .listed(let contributors):
      writer.append(UInt8(2))
      writer.append(list: contributors) { writer, contributor in
        writer.append(text: contributor.name)
        writer.append(bytes: contributor.key.bytes)
      }
    }
    for key in [keys.analyst, keys.provider, keys.auditor] { writer.append(bytes: key.bytes) }
    writer.append(bytes: keys.encryptionKey)
    writer.append(privacy?.epsilon.micros ?? 0)
    writer.append(text: privacy?.unit.rawValue ?? "")
    return writer.finish()
  }
}

extension ByteWriter {
  mutating func append(text: String) { append(lengthPrefixed: Array(text.utf8)) }

  mutating func append(integers: [Int]) {
    for value in integers { append(UInt64(bitPattern: Int64(value))) }
  }

  fileprivate mutating func append<Element>(
    list: [Element], _ each: (inout ByteWriter, Element) -> Void
  ) {
    append(UInt32(list.count))
    for element in list { each(&self, element) }
  }

  fileprivate mutating func append(field: SumField) {
    append(text: field.column)
    append(integers: [field.decimals, field.minimum, field.maximum])
    append(UInt8(field.squares ? 1 : 0))
    append(list: field.edges) { $0.append(integers: [$1]) }
  }
}
