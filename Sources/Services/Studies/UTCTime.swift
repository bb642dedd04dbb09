/// Seconds since 1970 as `2026-01-31T09:00:00Z` (RFC 3339, in UTC and whole seconds alone): one text for each second.
package enum UTCTime {
  /// The seconds; nil for another form, a day that does not exist, or a year before 1970 or after 9999.
  static func seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return nil }
    let pattern = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
    for (byte, wanted) in zip(bytes, pattern) {
      let isRight = wanted == UInt8(ascii: "d") ? (0x30...0x39).contains(byte) : byte == wanted
      guard isRight else { return nil }
    }
    let number = { (range: Range<Int>) in bytes[range].reduce(0) { 10 * $0 + Int($1 - 0x30) } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard year >= 1970, hour < 24, minute < 60, second < 60, (1...12).contains(month), day >= 1 else {
      return nil
    }
    let days = daysBefore(year: year, month: month) + day - 1
    let time = Int64(((days * 24 + hour) * 60 + minute) * 60 + second)
    // A day too many of its month falls into the next.
    return self.text(time) == text ? time : nil
  }

  /// The text, for years 1970 to 9999.
  package static func text(_ seconds: Int64) -> String {
    let days = Int(seconds / 86_400)
    let rest = Int(seconds % 86_400)
    var year = 1970
    while daysBefore(year: year + 1, month: 1) <= days { year += 1 }
    var month = 12
    while daysBefore(year: year, month: month) > days { month -= 1 }
    let day = days - daysBefore(year: year, month: month) + 1
    let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }

  /// Days from 1970-01-01 to the first of a month.
  private static func daysBefore(year: Int, month: Int) -> Int {
    let y = year - 1
    let leapDays = y / 4 - y / 100 + y / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return 365 * (year - 1970) + leapDays + before + (isLeap && month > 2 ? 1 : 0)
  }
}

extension FieldReader {
  /// A time as `UTCTime` has it.
  mutating func time(_ name: String) throws(StudyError) -> Int64 {
    let text = try text(name, hint: "Give a time in UTC, such as 2026-01-31T09:00:00Z.")
    guard let seconds = UTCTime.seconds(text) else {
      throw .invalid(field: field(name), hint: "must be a time in UTC, such as 2026-01-31T09:00:00Z.")
    }
    return seconds
  }
}
