import BFV

/// The parameter sets of `params/`, built into the program so that it runs from any directory.
public enum ParameterFiles {
  private static let contents: [String: [UInt8]] = [
    "bench-n16384": PackageResources.bench_n16384_json,
    "bench-n4096": PackageResources.bench_n4096_json,
    "bench-n8192": PackageResources.bench_n8192_json,
    "general-n32768": PackageResources.general_n32768_json,
  ]

  /// The names of all sets, sorted.
  public static var names: [String] { contents.keys.sorted() }

  /// The file of a set. Throws `unknownName` or `malformed`.
  public static func file(named name: String) throws(ParameterFilesError) -> ParameterFile {
    guard let bytes = contents[name] else { throw .unknownName }
    return try ParameterFile(decoding: bytes)
  }

  /// The checked parameters of a set. Throws also `refused`.
  public static func parameters(named name: String) throws(ParameterFilesError) -> Parameters {
    try file(named: name).checked()
  }
}

extension ParameterFile {
  /// Checks the set, its security included. Throws `refused`.
  public func checked() throws(ParameterFilesError) -> Parameters {
    do { return try Parameters(literal) } catch { throw .refused(error) }
  }
}
