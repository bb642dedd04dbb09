import LabeledLookup
import ParameterFiles
import Reports
import Tables

/// What can be wrong with a database, its work store or a list. No case carries an entry.
public enum LeakDatabaseError: Error, Equatable, Sendable {
  /// A file cannot be opened, read or written, with the system's error number.
  case system(path: String, errno: Int32)
  /// A file is not what the manifest says: cut short, changed, or of another build.
  case damaged(path: String)
  /// A table has long runs of zeros, which no builder writes, under a checksum that fits.
  case zeroed(path: String)
  /// The manifest is none of format 1, or its checksum is another.
  case malformedManifest
  /// The work store was begun with other settings or another key.
  case otherWork
  /// Another build runs in the work folder.
  case busyWork(path: String)
  /// The work folder holds lists that are not to be published, and the build would not say so.
  case privateWork
  /// There is nothing to build from: an empty database would call every password clean.
  case noItems
  /// No line of a list is of its format, or more are not than are.
  case mostLinesMalformed(list: String, malformed: Int, lines: Int, format: ListFormat)
  /// Most passwords of a list look like hashes.
  case hashesAsPasswords(list: String)
  /// A folder with one file for each prefix was given as a list of something else than hashes.
  case folderOfHashes
  /// A list is in UTF-16, whose bytes are no password's.
  case utf16
  /// A list from standard input is in the work folder, and nobody knows whether this one is the same.
  case standardInputAgain
  /// The work folder holds a part of a list, up to this line.
  case unfinishedList(list: String, line: Int)
  /// The work folder is empty, or that of a range file.
  case noDatabaseWork
  /// The database exists already; databases are never changed.
  case exists(path: String)
  /// A line is malformed, and none may be.
  case malformedLine(list: String, line: Int)
  /// The file holds no OPRF key.
  case unusableKey(path: String)
  /// A list of the wrong kind for this database.
  case wrongFormat
  /// More sources than a label can name.
  case tooManySources
  /// The folder of a list holds none of its files, or one whose name is no prefix.
  case noPrefixFile(path: String)
  /// The table's header names no column for this database, or two.
  case unknownColumns(list: String)
  /// A range file was asked for of a list that is not to be published.
  case privateList
  /// More hashes than a range file takes, 2^32.
  case tooManyHashes
  /// More items than a table for batches takes.
  case tooManyBatchItems(items: Int, largest: Int)
  /// The list cannot be read.
  case list(TableError)
  /// The set is refused.
  case parameters(ParameterFilesError)
  /// The items do not fit the set.
  case lookup(LookupError)
}

extension LeakDatabaseError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .system(let path, let code):
      "\(path): \(systemText(code)). Check the path, permissions and free space."
    case .damaged(let path): "\(path) is not what the manifest says. Build or copy the database again."
    case .zeroed(let path):
      "\(path) has runs of zeros, which no build writes: a part of it is lost. Copy or build the database again."
    case .malformedManifest:
      "the manifest is damaged, or not one of this version. Build or copy the database again."
    case .otherWork: "the work folder belongs to another key or other settings. Use a fresh folder."
    case .busyWork(let path): "another build runs in \(path). Wait for it, or use a folder of its own."
    case .privateWork:
      "the work folder holds private lists, and what is built from them stays private. Give --private, or use a fresh folder."
    case .noItems:
      "there is no item to build from, and an empty database would call every password clean. Check the lists and their --format."
    case .mostLinesMalformed(let list, let malformed, let lines, let format):
      "\(list): \(lines == 0 ? "no line" : "only \(grouped(lines - malformed)) of \(counted(lines, "line"))")"
        + " \(lines == 0 || lines - malformed == 1 ? "is" : "are") \(format.explanation)"
    case .hashesAsPasswords(let list):
      "\(list): most passwords look like hashes. Give --format sha1 or --format ntlm; or --on-bad-line skip where they are passwords."
    case .folderOfHashes:
      "a folder with one file for each prefix holds hashes. Give --format sha1 or --format ntlm."
    case .utf16: "the list is in UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8 FILE"
    case .standardInputAgain:
      "the work folder holds a list from standard input already, and cannot tell whether this is another one. Write it to a file."
    case .unfinishedList(let list, let line):
      "\(list) was read up to line \(grouped(line)) only. Give it again as it was, or begin with a fresh work folder."
    case .noDatabaseWork:
      "the work folder holds no build of a database. Begin one there with 'hitoku leak build'."
    case .exists(let path): "\(path) exists, and nothing is overwritten. Choose another name."
    case .malformedLine(let list, let line):
      "\(list): line \(line) is malformed. Check its format, or have such lines passed over: --on-bad-line skip."
    case .unusableKey(let path): "\(path) holds no OPRF key. Make one with: hitoku leak key FILE"
    case .wrongFormat: "a list of this format cannot go into this database. Build one of its kind."
    case .tooManySources: "more than 65,536 sources. Labels cannot name more: give lists a common --source."
    case .noPrefixFile(let path):
      "\(path) is no file of a list by prefixes. Its files are named by five hexadecimal digits, such as 0A1B2.txt."
    case .unknownColumns(let list):
      "\(list): the header does not name the columns that this database needs, or names one twice."
    case .privateList:
      "a range file publishes the list it is made from; none is made of credentials, plain passwords or private lists."
    case .tooManyHashes: "more hashes than a range file takes."
    case .tooManyBatchItems(let items, let largest):
      "\(counted(items, "item")) are more than a table for batches takes (\(grouped(largest))). Build without --batch."
    case .list(let error): error.description
    case .parameters(.unknownName):
      "there is no parameter set of this name. Choose one of \(ParameterFiles.lookupNames.joined(separator: ", "))."
    case .parameters(let error): "the parameter set is refused: \(error)."
    case .lookup(.tooManyItems):
      "more items than the parameter set is for. Choose a larger set or more buckets."
    case .lookup(let error): "the lookup table cannot be built: \(error)."
    }
  }
}
