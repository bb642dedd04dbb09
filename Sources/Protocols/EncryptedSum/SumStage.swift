/// Where a study stands. There is no way back.
public enum SumStage: String, Sendable, Hashable, CaseIterable {
  /// Contributions are taken within the study's period.
  case open
  /// No contribution is taken, replaced or withdrawn any more.
  case closed
  /// The aggregate was released, once and for all.
  case released
  /// The analyst published what it decrypted.
  case published
}

/// Why the rules of a study forbid something.
public enum SumRefusal: String, Error, Sendable, Hashable, CaseIterable {
  /// The study has not opened yet.
  case notYetOpen = "not-yet-open"
  /// The study is closed, or its closing time has passed.
  case afterClosing = "after-closing"
  /// The study is open: nothing is released, and no ciphertext shown, before it is closed.
  case beforeClosing = "before-closing"
  /// It closes at its closing time, or earlier once the minimum is met.
  case closesLater = "closes-later"
  /// Fewer contributed than the study's minimum.
  case belowMinimum = "below-minimum"
  /// As many contributed as the study takes.
  case full
  /// The study lists its contributors, and this is none of them.
  case notListed = "not-listed"
  /// This contributor has contributed: replace the contribution.
  case alreadyContributed = "already-contributed"
  /// This contributor has not contributed.
  case nothingContributed = "nothing-contributed"
  /// This contributor changed its contribution as often as it may. It can still withdraw it.
  case tooManyChanges = "too-many-changes"
  /// The contributor signed a later version before.
  case notNewer = "version-not-newer"
  /// Another contributor's name is the same but for case.
  case nameTaken = "name-taken"
  /// The study lists its contributors, and this is not signed by the one that it names.
  case notSigned = "not-signed"
  /// The same ciphertext counts for another contributor already.
  case duplicateCiphertext = "duplicate-ciphertext"
  /// The aggregate was released: it is released once.
  case alreadyReleased = "already-released"
  /// The auditor has not given its seed.
  case auditorSeedMissing = "auditor-seed-missing"
  /// The auditor gives one seed.
  case auditorSeedGiven = "auditor-seed-given"
  /// The aggregate was not released yet.
  case notReleased = "not-released"
  /// The auditor countersigned already.
  case alreadyCountersigned = "already-countersigned"
  /// Nothing is published before the auditor countersigned.
  case notCountersigned = "not-countersigned"
  /// A result was published: it is published once.
  case alreadyPublished = "already-published"
  /// The role may not do this.
  case notPermitted = "not-permitted"
}

/// The state that the rules look at.
public struct SumState: Sendable, Hashable {
  /// Where the study stands.
  public private(set) var stage: SumStage
  /// The number of contributions that count.
  public private(set) var contributors: Int
  /// Whether the auditor gave its seed.
  public private(set) var hasAuditorSeed: Bool
  /// Whether the auditor countersigned.
  public private(set) var isCountersigned: Bool

  /// A new study, or what was stored of one.
  public init(
    stage: SumStage = .open, contributors: Int = 0, hasAuditorSeed: Bool = false,
    isCountersigned: Bool = false
  ) {
    self.stage = stage
    self.contributors = contributors
    self.hasAuditorSeed = hasAuditorSeed
    self.isCountersigned = isCountersigned
  }
}

/// A contribution that comes in, with what is known of this name and these bytes.
public struct SumHandIn: Sendable, Hashable {
  /// The contributor's name.
  public let contributor: String
  /// Whether a contribution counts for the name.
  public let hasContributed: Bool
  /// Whether the same ciphertext counts for another name.
  public let isDuplicate: Bool
  /// Whether it is signed with a version above all before, or needs none.
  public let isNewer: Bool
  /// Whether a contribution counts for a name that is the same but for case.
  public let isNameTaken: Bool
  /// Lines of the log about this name.
  public let changes: Int

  /// Takes all six.
  public init(
    contributor: String, hasContributed: Bool, isDuplicate: Bool = false, isNewer: Bool = true,
    isNameTaken: Bool = false, changes: Int = 0
  ) {
    self.contributor = contributor
    self.hasContributed = hasContributed
    self.isDuplicate = isDuplicate
    self.isNewer = isNewer
    self.isNameTaken = isNameTaken
    self.changes = changes
  }
}

/// What happens to a study.
public enum SumEvent: Sendable, Hashable {
  /// A contributor hands in its first contribution.
  case submit(SumHandIn)
  /// A contributor replaces its contribution.
  case replace(SumHandIn)
  /// A contributor takes its contribution back.
  case withdraw(hasContributed: Bool)
  /// The study is closed.
  case close
  /// The auditor gives its seed.
  case giveAuditorSeed
  /// The aggregate leaves the provider.
  case release
  /// The auditor countersigns the manifest.
  case countersign
  /// The analyst publishes what it decrypted.
  case publish
}

extension SumState {
  /// After so many lines of the log a name neither submits nor replaces: nobody makes the log, which auditors read, as long as it
  /// likes.
  public static let mostChanges = 1_000

  /// Applies an event at a time (seconds since 1970, by the provider's clock), or says which rule forbids it and leaves the
  /// state as it was.
  public mutating func apply(_ event: SumEvent, to study: SumStudy, at time: Int64) throws(SumRefusal) {
    switch event {
    case .submit(let new):
      try checkOpen(study, time)
      try checkListed(new.contributor, study)
      guard new.changes < Self.mostChanges else { throw .tooManyChanges }
      guard !new.hasContributed else { throw .alreadyContributed }
      try checkUnlike(new)
      guard contributors < study.limits.maximumContributors else { throw .full }
      contributors += 1
    case .replace(let new):
      try checkOpen(study, time)
      try checkListed(new.contributor, study)
      guard new.changes < Self.mostChanges else { throw .tooManyChanges }
      guard new.hasContributed else { throw .nothingContributed }
      try checkUnlike(new)
    case .withdraw(let hasContributed):
      try checkOpen(study, time)
      guard hasContributed else { throw .nothingContributed }
      contributors -= 1
    case .close: try close(study, time)
    case .giveAuditorSeed:
      guard stage != .open else { throw .beforeClosing }
      guard stage == .closed else { throw .alreadyReleased }
      guard !hasAuditorSeed else { throw .auditorSeedGiven }
      hasAuditorSeed = true
    case .release: try release(study)
    case .countersign:
      guard stage == .released || stage == .published else { throw .notReleased }
      guard !isCountersigned else { throw .alreadyCountersigned }
      isCountersigned = true
    case .publish: try publish()
    }
  }

  private func checkOpen(_ study: SumStudy, _ time: Int64) throws(SumRefusal) {
    guard stage == .open, time < study.period.closing else { throw .afterClosing }
    guard time >= study.period.opening else { throw .notYetOpen }
  }

  private func checkListed(_ contributor: String, _ study: SumStudy) throws(SumRefusal) {
    if case .listed(let listed) = study.contributors, !listed.contains(where: { $0.name == contributor }) {
      throw .notListed
    }
  }

  private func checkUnlike(_ new: SumHandIn) throws(SumRefusal) {
    guard !new.isNameTaken else { throw .nameTaken }
    guard new.isNewer else { throw .notNewer }
    guard !new.isDuplicate else { throw .duplicateCiphertext }
  }

  private mutating func close(_ study: SumStudy, _ time: Int64) throws(SumRefusal) {
    guard stage == .open else { throw .afterClosing }
    guard time >= study.period.closing || contributors >= study.limits.minimumContributors else {
      throw .closesLater
    }
    stage = .closed
  }

  private mutating func release(_ study: SumStudy) throws(SumRefusal) {
    guard stage != .open else { throw .beforeClosing }
    guard stage == .closed else { throw .alreadyReleased }
    guard contributors >= study.limits.minimumContributors else { throw .belowMinimum }
    guard hasAuditorSeed else { throw .auditorSeedMissing }
    stage = .released
  }

  private mutating func publish() throws(SumRefusal) {
    switch stage {
    case .open, .closed: throw .notReleased
    case .published: throw .alreadyPublished
    case .released:
      guard isCountersigned else { throw .notCountersigned }
      stage = .published
    }
  }
}
