#if Services
import Foundation
import HTTPService
import HTTPTypes
import Primitives
import Reports

/// The page for people: files within this program, and the page itself once in each language. It shows what `/v1` answers to the
/// reader, and nothing else; `web/` holds its sources.
struct WebPage: Sendable {
  /// The languages, the one of readers who speak neither first.
  enum Language: String, Sendable, Hashable, CaseIterable {
    case english = "en"
    case japanese = "ja"
  }

  /// Where something of the page stands.
  enum Place: Sendable, Hashable {
    /// `/`: in the reader's language.
    case root
    /// `/en`, `/ja`.
    case language(Language)
    /// `/page/VERSION/NAME`: what the page consists of. The version follows from all files, so that none has to be asked for twice.
    case file(version: String, name: String)

    /// The place of a path's pieces; nil where they name another.
    init?(pieces: [String]) {
      switch pieces.count {
      case 1 where pieces[0].isEmpty: self = .root
      case 1:
        guard let language = Language(rawValue: pieces[0]) else { return nil }
        self = .language(language)
      case 3 where pieces[0] == "page": self = .file(version: pieces[1], name: pieces[2])
      default: return nil
      }
    }
  }

  /// A file as it is sent.
  private struct File: Sendable {
    let mediaType: String
    let bytes: [UInt8]
    /// Its entity tag.
    let tag: String

    init(_ mediaType: String, _ bytes: [UInt8]) {
      self.mediaType = mediaType
      self.bytes = bytes
      tag = "\"\(WebPage.digest(bytes))\""
    }
  }

  private let version: String
  private let files: [String: File]
  private let pages: [Language: File]

  /// Fills the words of each language into the page.
  init() {
    let script = "text/javascript; charset=utf-8"
    let words: [Language: [UInt8]] = [
      .english: PackageResources.words_en_json, .japanese: PackageResources.words_ja_json,
    ]
    let sources = [
      ("charts.js", script, PackageResources.charts_js), ("dom.js", script, PackageResources.dom_js),
      ("figures.js", script, PackageResources.figures_js), ("page.js", script, PackageResources.page_js),
      ("result.js", script, PackageResources.result_js), ("service.js", script, PackageResources.service_js),
      ("studies.js", script, PackageResources.studies_js), ("words.js", script, PackageResources.words_js),
      ("style.css", "text/css; charset=utf-8", PackageResources.style_css),
      ("icon.svg", "image/svg+xml", PackageResources.icon_svg),
      ("words.en.json", "application/json", PackageResources.words_en_json),
      ("words.ja.json", "application/json", PackageResources.words_ja_json),
    ]
    let version = Self.digest(sources.flatMap(\.2))
    self.version = version
    files = Dictionary(uniqueKeysWithValues: sources.map { ($0.0, File($0.1, $0.2)) })
    pages = words.reduce(into: [:]) { pages, entry in
      pages[entry.key] = Self.page(in: entry.key, words: entry.value, version: version)
    }
  }

  private static func page(in language: Language, words: [UInt8], version: String) -> File {
    guard var values = try? JSONDecoder().decode([String: String].self, from: Data(words)) else {
      preconditionFailure("words.\(language.rawValue).json is no dictionary of texts")
    }
    values["language"] = language.rawValue
    values["version"] = version
    let pieces = String(decoding: PackageResources.index_html, as: UTF8.self)
      .components(separatedBy: "{{")
    let text = pieces.dropFirst().reduce(pieces[0]) { text, piece in
      let halves = piece.components(separatedBy: "}}")
      guard halves.count == 2, let value = values[halves[0]] else {
        preconditionFailure("index.html names words that there are none of: \(halves[0])")
      }
      return text + escaped(value) + halves[1]
    }
    return File("text/html; charset=utf-8", Array(text.utf8))
  }

  private static func digest(_ bytes: [UInt8]) -> String { Digits.text(Array(SHA256.hash(bytes).prefix(16))) }

  /// What stands at a place, or 304 for who has it. Throws `notFound`.
  func answer(_ place: Place, _ request: ServiceRequest) throws(Refusal) -> ServiceAnswer {
    var fields = Self.rules
    let file: File?
    switch place {
    case .root:
      file = pages[Language(accepting: request.fields[.acceptLanguage] ?? "")]
      fields += [(.cacheControl, "no-cache"), (.vary, "Accept-Language")]
    case .language(let language):
      file = pages[language]
      fields.append((.cacheControl, "no-cache"))
    case .file(let asked, let name):
      file = files[name]
      // Another version is one that another program of this service has, before or after an upgrade.
      fields.append((.cacheControl, asked == version ? "public, max-age=31536000, immutable" : "no-cache"))
    }
    guard let file else { throw Refusal(.notFound) }
    fields.append((.eTag, file.tag))
    let known = (request.fields[.ifNoneMatch] ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let isKnown = known.contains { $0 == file.tag || $0 == "W/\(file.tag)" || $0 == "*" }
    return ServiceAnswer(
      status: isKnown ? 304 : 200, mediaType: file.mediaType, bytes: isKnown ? [] : file.bytes, fields: fields
    )
  }

  /// What browsers are told: take nothing from elsewhere, run no script but these files, make no element of text, stand in no frame.
  private static var rules: [(name: HTTPField.Name, value: String)] {
    let policy = [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
      "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]
    let texts = [
      ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
      ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
      (
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
      ),
    ]
    return [
      (.contentSecurityPolicy, policy.joined(separator: "; ")), (.xContentTypeOptions, "nosniff"),
    ] + texts.compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
  }
}

extension WebPage.Language {
  /// The language that a reader likes best of those there are, by the field `Accept-Language` (RFC 9110, section 12.5.4).
  init(accepting field: String) {
    var best = (language: WebPage.Language.english, weight: 0.0)
    for range in field.split(separator: ",").prefix(32) {
      let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      guard let tag = parts.first?.split(separator: "-").first,
        let language = WebPage.Language(rawValue: String(tag))
      else { continue }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
      let weight = min(1, max(0, quality ?? 1))
      if weight > best.weight { best = (language, weight) }
    }
    self = best.language
  }
}
#endif
