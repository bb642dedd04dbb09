import Glibc

// Fence: open(2) and lstat(2), since only they create a file with its mode in one step.

/// Creates the file with mode 0600 where there is none. SQLite gives its companions (`-wal`, `-shm`) the same mode.
///
/// Throws `cannotOpen`, or `permissionsTooWide` for a file that others may read or write.
func prepareStoreFile(_ path: String) throws(ContributionStoreError) {
  // An existing file is not opened here: closing it would drop the locks that SQLite holds on it in this process.
  let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  if descriptor >= 0 {
    close(descriptor)
    return
  }
  guard errno == EEXIST else { throw .cannotOpen(path: path, errno: errno) }
  var status = stat()
  guard unsafe lstat(path, &status) == 0 else { throw .cannotOpen(path: path, errno: errno) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw .notAStore(path: path) }
  guard status.st_mode & 0o077 == 0 else { throw .permissionsTooWide(path: path) }
}
