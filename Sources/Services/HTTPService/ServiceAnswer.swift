#if Services
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceContracts

/// What a service answers, before it is a response of the HTTP library.
public struct ServiceAnswer: Sendable {
  /// The status.
  public var status: Int
  /// The body's media type.
  public var mediaType: String
  /// The body.
  public var bytes: [UInt8]
  /// Other fields of the header.
  public var fields: [(name: HTTPField.Name, value: String)]
  /// Whether the connection ends with this answer, or the stream of HTTP/2.
  var endsConnection = false
  /// Whether it goes to a stream, which knows no field `Connection` (RFC 9113, section 8.2.2): there, one would end all streams.
  var isForStream = false

  /// An answer with a body.
  public init(
    status: Int = 200, mediaType: String, bytes: [UInt8], fields: [(name: HTTPField.Name, value: String)] = []
  ) {
    self.status = status
    self.mediaType = mediaType
    self.bytes = bytes
    self.fields = fields
  }

  /// A refusal. `retryAfter` in seconds, 1…86,400.
  public init(_ problem: Problem, retryAfter: Int? = nil) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Four strings and a number are always encodable.
    let body = (try? encoder.encode(problem)) ?? Data()
    self.init(status: problem.status, mediaType: Problem.mediaType, bytes: [UInt8](body))
    if let retryAfter { fields.append((.retryAfter, "\(min(max(1, retryAfter), 86_400))")) }
  }

  /// Throws what ends the connection, after the body is written.
  private struct EndOfConnection: Error {}

  func response(isHead: Bool) -> Response {
    var headers: HTTPFields = [
      .contentType: mediaType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]
    for field in fields { headers[field.name] = field.value }
    // With 304 it would be the length of what is not sent.
    if status != 304 { headers[.contentLength] = "\(bytes.count)" }
    if isHead { return Response(status: .init(code: status), headers: headers) }
    let buffer = ByteBuffer(bytes: bytes)
    guard endsConnection else {
      return Response(status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: buffer))
    }
    if !isForStream { headers[.connection] = "close" }
    let body = ResponseBody(contentLength: buffer.readableBytes) { writer in
      try await writer.write(buffer)
      try await writer.finish(nil)
      throw EndOfConnection()
    }
    return Response(status: .init(code: status), headers: headers, body: body)
  }
}
#endif
