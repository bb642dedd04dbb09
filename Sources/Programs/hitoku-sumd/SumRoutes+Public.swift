#if Services
import HTTPService
import ServiceContracts
import Studies

// What the provider shows to everybody; of other studies nothing, not even that they exist.
extension SumRoutes {
  func listPublic() throws(Refusal) -> ServiceAnswer {
    try list { publicStudies.contains(Digits.text($0)) }
  }

  func readPublic(_ digest: String) throws(Refusal) -> ServiceAnswer {
    try admitEverybody(to: digest)
    let study = try studies.study(digest)
    return try Self.json(
      SumPublicStudyDocument(
        study: String(decoding: study.plan.study.outline, as: UTF8.self),
        progress: Self.progress(study, try studies.record(digest), digest)))
  }

  func readPublicResult(_ digest: String) throws(Refusal) -> ServiceAnswer {
    try admitEverybody(to: digest)
    return try result(of: digest)
  }

  private func admitEverybody(to digest: String) throws(Refusal) {
    guard publicStudies.contains(digest) else {
      throw Refusal(.notFound, "No such study is shown to everybody.")
    }
  }
}
#endif
