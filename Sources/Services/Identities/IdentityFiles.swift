import Glibc
import Secrets

// The fence around the operating system's file calls: key files are created for their owner alone and judged by the
// opened file, not by its name, so that nobody can exchange the file in between.

/// The system's text for an error number.
func systemText(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }

/// Longer files hold neither a key nor a certificate of ours.
private let maximumFileSize = 64 << 10

/// Creates a file that must not exist; it appears whole or not at all, and every byte and the file's name reach the disk. `mode` is
/// narrowed by the process's umask.
package func createFile(_ path: String, mode: mode_t, contents: [UInt8]) throws(IdentityError) {
  // A file that is there is found without writing: also on a full disk, and without another key on it for a moment.
  guard unsafe access(path, F_OK) != 0 else { throw .alreadyExists(path: path) }
  // Written under another name, which then becomes a second one of the file: that fails where the first is taken.
  var generator = SystemRandomNumberGenerator()
  let partial = path + ".partial-" + String(generator.next(), radix: 16)
  let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw .cannotWrite(path: path, errno: errno) }
  defer {
    close(descriptor)
    unsafe unlink(partial)
  }
  var written = 0
  while written < contents.count {
    let step = unsafe contents.withUnsafeBytes { bytes in
      unsafe write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
    }
    if step < 0 && errno == EINTR { continue }
    guard step > 0 else { throw .cannotWrite(path: path, errno: errno) }
    written += step
  }
  guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, errno: errno) }
  guard unsafe link(partial, path) == 0 else {
    throw errno == EEXIST ? .alreadyExists(path: path) : .cannotWrite(path: path, errno: errno)
  }
  guard syncFolder(of: path) else { throw discard(path) }
}

/// Whether the folder's entries are on the disk, a new file's name among them.
private func syncFolder(of path: String) -> Bool {
  let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  // Some file systems have nothing to do for a folder, and say so.
  return fsync(descriptor) == 0 || errno == EINVAL
}

/// A name that may be gone after the next power cut is worse than none.
private func discard(_ path: String) -> IdentityError {
  let reason = errno
  unsafe unlink(path)
  return .cannotWrite(path: path, errno: reason)
}

/// Makes a folder for its owner alone, unless it is there.
func createFolder(_ path: String) throws(IdentityError) {
  guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
    throw .cannotWrite(path: path, errno: errno)
  }
}

/// Removes what this process has just created.
func removeFile(_ path: String) { unsafe unlink(path) }

/// Reads a public file of at most 64 KiB.
package func readPublicFile(_ path: String) throws(IdentityError) -> [UInt8] {
  let secret = try readFile(path, forOwnerOnly: false)
  return unsafe secret.withUnsafeBufferPointer { unsafe Array($0) }
}

/// Reads a file of at most 64 KiB that may turn out to hold a key: into memory that is wiped, whoever may read the file.
package func readUnjudgedFile(_ path: String) throws(IdentityError) -> SecretBytes {
  try readFile(path, forOwnerOnly: false)
}

/// Reads a key file of at most 64 KiB. Throws `keyExposed` unless the caller or root owns it and nobody else may read
/// or write it.
package func readKeyFile(_ path: String) throws(IdentityError) -> SecretBytes {
  try readFile(path, forOwnerOnly: true)
}

private func readFile(_ path: String, forOwnerOnly: Bool) throws(IdentityError) -> SecretBytes {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw .cannotRead(path: path, errno: errno) }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, errno: errno) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotRead(path: path, errno: EINVAL) }
  if forOwnerOnly {
    let isOwned = status.st_uid == geteuid() || status.st_uid == 0
    guard isOwned, status.st_mode & 0o077 == 0 else {
      throw .keyExposed(path: path, mode: status.st_mode & 0o777)
    }
  }
  let size = Int(status.st_size)
  guard size <= maximumFileSize else { throw .cannotRead(path: path, errno: EFBIG) }
  return unsafe try SecretBytes(count: size) { buffer throws(IdentityError) in
    var position = 0
    while position < size {
      let step = unsafe read(descriptor, buffer.baseAddress?.advanced(by: position), size - position)
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { throw .cannotRead(path: path, errno: step < 0 ? errno : EIO) }
      position += step
    }
  }
}
