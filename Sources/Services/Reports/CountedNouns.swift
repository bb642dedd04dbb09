/// A number with its noun: `1 line`, `0 lines`, `1,234 entries`. `plural` where it is not the noun with an s.
public func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
}
