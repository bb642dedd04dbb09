import BFV
import BigIntegers
import Foundation
import ParameterFiles

/// What a file of params/ says its set was computed for, read from the folder of the source tree.
struct Workload: Decodable {
  struct Layer: Decodable {
    var plaintextModulus: String
    var terms: Int
    var answerBits: AnswerBits
  }
  struct AnswerBits: Decodable {
    var c0: Int
    var c1: Int
  }
  var kind: String
  var depth: Int?
  var rows: Int?
  var weightBound: Int64?
  var answers: Int?
  var radix: String?
  var digitsPerCoefficient: Int?
  var noiseBound: Int64?
  var uploadDigits: String?
  var floodBits: Int?
  var indicators: Int?
  var columnSize: Int?
  var expansionLevels: Int?
  var layers: [Layer]?
  var uploads: Int?
  var terms: Int?

  static func named(_ name: String) throws -> Workload {
    struct File: Decodable {
      var workload: Workload
    }
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "params/\(name).json"))
    return try JSONDecoder().decode(File.self, from: data).workload
  }

  /// The sets whose names start with `prefix`, and whose workload is of `kind`.
  static func sets(_ prefix: String, kind: String) -> [String] {
    ParameterFiles.names.filter { name in
      name.hasPrefix(prefix) && (try? Workload.named(name).kind) == kind
    }
  }
}

extension Workload.Layer {
  /// The set with this layer's plaintext modulus and answers.
  func parameters(of literal: ParametersLiteral) throws -> Parameters {
    var literal = literal
    literal.plaintextModulus = BigInteger(literal: plaintextModulus) ?? 0
    literal.answerBits = .init(c0: answerBits.c0, c1: answerBits.c1)
    return try Parameters(literal)
  }
}
