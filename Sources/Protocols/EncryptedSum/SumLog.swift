import ByteCoding
import Primitives

/// A study's whole log, read entry by entry as what it says: a study is created once and first, contributions are handed in, replaced and
/// withdrawn while it is open, it is closed once, gets one seed of the auditor, and is released, countersigned and published once each,
/// in this order; every entry is one that the study's rules allowed at its time, and times do not go back.
public struct SumLog: Sendable {
  /// The study.
  public let study: SumStudy
  /// The entries, one chain.
  public let entries: [SumLogEntry]
  /// Where the study stands after the last entry.
  public private(set) var state = SumState()
  /// The commitment to the provider's seed.
  public private(set) var commitment: [UInt8] = []
  /// By contributor the digest of the contribution that stands.
  public private(set) var standing: [String: [UInt8]] = [:]
  /// The commitment to the auditor's seed; nil before.
  public private(set) var auditorCommitment: [UInt8]?
  /// The digest of the released ciphertext; nil before.
  public private(set) var release: [UInt8]?

  private var versions: [String: Int] = [:]
  /// By contributor the number of entries.
  private var changes: [String: Int] = [:]
  /// Folded names of standing contributions.
  private var taken: Set<String> = []

  /// Reads and checks a log from outside. Throws `logBroken` with the first entry that may not stand there; an empty log breaks at 1.
  public init(_ entries: [SumLogEntry], of study: SumStudy) throws(SumError) {
    self.study = study
    self.entries = entries
    let digest = study.digest
    guard !entries.isEmpty else { throw .logBroken(sequence: 1) }
    var previous = SumLogEntry.hashBeforeFirst(study: digest)
    var time = Int64.min
    for (index, entry) in entries.enumerated() {
      guard entry.follows(previous, sequence: index + 1), entry.time >= time else {
        throw .logBroken(sequence: index + 1)
      }
      (previous, time) = (entry.hash, entry.time)
      do throws(SumRefusal) { try apply(entry) } catch { throw .logBroken(sequence: index + 1) }
    }
  }

  /// Any refusal will do: the caller says where.
  private mutating func apply(_ entry: SumLogEntry) throws(SumRefusal) {
    guard (entry.kind == .created) == (entry.sequence == 1), hasForm(entry) else { throw .notPermitted }
    defer { changes[entry.name, default: 0] += 1 }
    switch entry.kind {
    case .created: commitment = entry.subject
    case .submitted, .replaced: try handIn(entry)
    case .withdrawn:
      try state.apply(
        .withdraw(hasContributed: standing[entry.name] == entry.subject), to: study, at: entry.time)
      standing[entry.name] = nil
      taken.remove(SumStudy.folded(entry.name))
    case .closed: try state.apply(.close, to: study, at: entry.time)
    case .auditorSeed:
      try state.apply(.giveAuditorSeed, to: study, at: entry.time)
      auditorCommitment = entry.subject
    case .released:
      try state.apply(.release, to: study, at: entry.time)
      release = entry.subject
    case .countersigned: try state.apply(.countersign, to: study, at: entry.time)
    case .published: try state.apply(.publish, to: study, at: entry.time)
    }
  }

  private mutating func handIn(_ entry: SumLogEntry) throws(SumRefusal) {
    let folded = SumStudy.folded(entry.name)
    let hasContributed = standing[entry.name] != nil
    var isNewer = entry.version == 0
    if case .listed = study.contributors { isNewer = entry.version > versions[entry.name] ?? 0 }
    let new = SumHandIn(
      contributor: entry.name, hasContributed: hasContributed, isNewer: isNewer,
      isNameTaken: !hasContributed && taken.contains(folded), changes: changes[entry.name] ?? 0)
    try state.apply(entry.kind == .submitted ? .submit(new) : .replace(new), to: study, at: entry.time)
    standing[entry.name] = entry.subject
    versions[entry.name] = entry.version
    taken.insert(folded)
  }

  /// Names stand in entries about contributions alone, versions in those that bring one, digests in all but the closing.
  private func hasForm(_ entry: SumLogEntry) -> Bool {
    let isAboutOne = [.submitted, .replaced, .withdrawn].contains(entry.kind)
    let isHandIn = isAboutOne && entry.kind != .withdrawn
    return (isAboutOne ? SumStudy.isName(entry.name) : entry.name.isEmpty)
      && (isHandIn || entry.version == 0)
      && entry.subject.count == (entry.kind == .closed ? 0 : SHA256.byteCount)
  }

  /// What to remember of the log as it is: later ones must go on from here.
  public var mark: SumLogMark {
    SumLogMark(
      study: study.digest, commitment: commitment, sequence: entries.count, hash: entries.last?.hash ?? [])
  }

  /// Throws `logBroken` unless this log goes on from one that was seen before, `seedNotCommitted` for another commitment.
  public func check(continues mark: SumLogMark) throws(SumError) {
    guard mark.study == study.digest, entries.indices.contains(mark.sequence - 1),
      entries[mark.sequence - 1].hash == mark.hash
    else { throw .logBroken(sequence: mark.sequence) }
    guard mark.commitment == commitment else { throw .seedNotCommitted }
  }
}

/// What an auditor keeps of a log before it gives its seed: the commitment and the last entry's hash, which the provider cannot choose
/// anew once it knows that seed.
public struct SumLogMark: Sendable, Hashable {
  /// The study's digest.
  public let study: [UInt8]
  /// The commitment to the provider's seed.
  public let commitment: [UInt8]
  /// The number of entries.
  public let sequence: Int
  /// The hash of the last.
  public let hash: [UInt8]

  init(study: [UInt8], commitment: [UInt8], sequence: Int, hash: [UInt8]) {
    self.study = study
    self.commitment = commitment
    self.sequence = sequence
    self.hash = hash
  }

  private static let header = FormatHeader(type: 0x5304, version: 1)

  /// Header, study, commitment, number, hash.
  public func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.header)
    writer.append(bytes: study + commitment)
    writer.append(UInt64(sequence))
    writer.append(bytes: hash)
    return writer.finish()
  }

  /// Reads what was kept. Throws `malformed`.
  public init(decoding bytes: [UInt8]) throws(SumError) {
    do {
      var reader = ByteReader(bytes)
      try reader.expectHeader(Self.header)
      study = try reader.readBytes(SHA256.byteCount)
      commitment = try reader.readBytes(SHA256.byteCount)
      guard let sequence = Int(exactly: try reader.readUInt64()) else {
        throw ByteCodingError.valueOutOfRange
      }
      self.sequence = sequence
      hash = try reader.readBytes(SHA256.byteCount)
      try reader.expectEnd()
    } catch { throw .malformed }
  }
}
