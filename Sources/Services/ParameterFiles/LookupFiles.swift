import BFV
import BigIntegers
import Foundation
import LabeledLookup

extension ParameterFile {
  /// The numbers of a set for single lookups, unchecked. Throws `malformed` where the file describes another workload.
  public func lookup() throws(ParameterFilesError) -> LookupLiteral {
    guard let workload = try? JSONDecoder().decode(RetrievalFile.self, from: Data(source)).workload,
      ["retrieval", "expanded-retrieval"].contains(workload.kind)
    else { throw .malformed }
    var layers: [LookupLiteral.Layer] = []
    for layer in workload.layers {
      guard let t = BigInteger(literal: layer.plaintextModulus)?.words.first else { throw .malformed }
      layers.append(
        .init(plaintextModulus: t, answerBits: .init(c0: layer.answerBits.c0, c1: layer.answerBits.c1)))
    }
    return LookupLiteral(
      scheme: literal, items: workload.items, groups: workload.groups, indicators: workload.indicators,
      columnSize: workload.columnSize, digitsPerItem: workload.digitsPerItem, labelBits: workload.labelBits,
      expansionLevels: workload.expansionLevels, answers: workload.layers.first?.answers ?? 0, layers: layers)
  }
}

extension ParameterFile {
  /// The numbers of a set for batches, unchecked. Throws `malformed` where the file describes another workload.
  public func batch() throws(ParameterFilesError) -> BatchLiteral {
    guard let workload = try? JSONDecoder().decode(BatchFile.self, from: Data(source)).workload,
      workload.kind == "quadratic-form"
    else { throw .malformed }
    return BatchLiteral(
      scheme: literal, items: workload.items, queries: workload.queries, bins: workload.bins,
      uploads: workload.uploads, digitsPerItem: workload.digitsPerItem, labelBits: workload.labelBits ?? 0,
      answers: workload.answers)
  }
}

/// The fields of a file for batches.
private struct BatchFile: Decodable {
  struct Workload: Decodable {
    var kind: String
    var items: Int
    var queries: Int
    var bins: Int
    var uploads: Int
    var digitsPerItem: Int
    var labelBits: Int?
    var answers: Int
  }
  var workload: Workload
}

/// The fields of a file for single lookups.
private struct RetrievalFile: Decodable {
  struct Workload: Decodable {
    struct Layer: Decodable {
      struct AnswerBits: Decodable {
        var c0: Int
        var c1: Int
      }
      var plaintextModulus: String
      var answerBits: AnswerBits
      var answers: Int
    }
    var kind: String
    var items: Int
    var groups: Int
    var indicators: Int
    var columnSize: Int
    var digitsPerItem: Int
    var labelBits: Int
    var expansionLevels: Int
    var layers: [Layer]
  }
  var workload: Workload
}

extension ParameterFiles {
  /// The names of the sets for single lookups, sorted.
  public static var lookupNames: [String] {
    names.filter { name in (try? file(named: name).lookup()) != nil }
  }

  /// A checked set for single lookups. Throws `unknownName`, `malformed` or `refusedLookup`.
  public static func lookup(named name: String) throws(ParameterFilesError) -> LookupParameters {
    let literal = try file(named: name).lookup()
    do { return try LookupParameters(literal) } catch { throw .refusedLookup(error) }
  }

  /// A checked set for batches. Throws `unknownName`, `malformed` or `refusedLookup`.
  public static func batch(named name: String) throws(ParameterFilesError) -> BatchParameters {
    let literal = try file(named: name).batch()
    do { return try BatchParameters(literal) } catch { throw .refusedLookup(error) }
  }
}
