#if Services
import Logging

/// What SIGHUP does: parts of a service are read again, each for itself, and what is refused leaves that part as it was.
public struct Reloads: Sendable {
  private let metrics: Metrics
  private let logger: Logger

  /// Declares the counter of these parts, one word each.
  public init(of parts: [String], metrics: Metrics, logger: Logger) {
    self.metrics = metrics
    self.logger = logger
    metrics.declare("hitoku_reloads_total", .counter, "Reloads by part and result.")
    // Series that begin with their first event would hide it from rates.
    for part in parts {
      for result in ["done", "refused"] {
        metrics.add(0, to: "hitoku_reloads_total", ["part": part, "result": result])
      }
    }
  }

  /// Reads a part again and counts it; a refusal is logged with its reason, and gives nil.
  public func take<Value, E: Error>(_ part: String, _ body: () throws(E) -> Value) -> Value? {
    do throws(E) {
      let value = try body()
      metrics.add(to: "hitoku_reloads_total", ["part": part, "result": "done"])
      return value
    } catch {
      metrics.add(to: "hitoku_reloads_total", ["part": part, "result": "refused"])
      logger.error("reload refused", metadata: ["part": "\(part)", "reason": "\(error)"])
      return nil
    }
  }

  /// The same of certificate and key, and of whom they let in.
  public func take(_ credentials: ServiceCredentials) {
    let isOther = take("identity") { () throws(HTTPServiceError) in try credentials.reload() }
    guard isOther == true else { return }
    logger.notice("identity reloaded", metadata: ["fingerprint": "\(credentials.fingerprint)"])
  }

  /// The same of tokens.
  public func take(_ tokens: TokenFile) {
    guard let count = take("tokens", { () throws(HTTPServiceError) in try tokens.reload() }) else { return }
    logger.notice("tokens reloaded", metadata: ["count": .stringConvertible(count)])
  }
}
#endif
