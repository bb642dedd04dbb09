import BFV

/// The parameter sets of `params/`, built into the program so that it runs from any directory.
public enum ParameterFiles {
  private static let contents: [String: [UInt8]] = [
    "bench-n16384": PackageResources.bench_n16384_json,
    "bench-n4096": PackageResources.bench_n4096_json,
    "bench-n8192": PackageResources.bench_n8192_json,
    "cross-n16384-w10": PackageResources.cross_n16384_w10_json,
    "cross-n4096-w2": PackageResources.cross_n4096_w2_json,
    "cross-n8192-1e7": PackageResources.cross_n8192_1e7_json,
    "cross-n8192-limbs": PackageResources.cross_n8192_limbs_json,
    "cross-n8192-w5": PackageResources.cross_n8192_w5_json,
    "general-n32768": PackageResources.general_n32768_json,
    "lookup-16m-expand": PackageResources.lookup_16m_expand_json,
    "lookup-16m-n1024": PackageResources.lookup_16m_n1024_json,
    "lookup-1m-expand": PackageResources.lookup_1m_expand_json,
    "lookup-1m-n1024": PackageResources.lookup_1m_n1024_json,
    "lookup-1m-n2048": PackageResources.lookup_1m_n2048_json,
    "lookup-batch-labels": PackageResources.lookup_batch_labels_json,
    "lookup-batch-n4096": PackageResources.lookup_batch_n4096_json,
    "lookup-bucket-n1024": PackageResources.lookup_bucket_n1024_json,
    "lookup-labels-expand": PackageResources.lookup_labels_expand_json,
    "sum-n4096": PackageResources.sum_n4096_json,
    "sum-n8192": PackageResources.sum_n8192_json,
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
