import CZlib

// The fence around zlib's inflate: one z_stream for each file, in memory of its own, since zlib keeps its address.

/// Inflates gzip data, one member after another (RFC 1952, section 2.2), with bounded output at each step.
@safe
struct GzipInflater: ~Copyable {
  /// Whether all members seen so far are complete, the checksum included.
  private(set) var isBetweenMembers = true
  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 16 asks for gzip framing, 15 for the largest window.
    let status = unsafe inflateInit2_(stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib is out of memory")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends at most `byteCount` bytes to `output`, and says how many were taken from the front of `input`, which holds at
  /// most 4 GiB. Throws `gzipDamaged`.
  mutating func inflate(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], byteCount: Int
  ) throws(TableError) -> Int {
    var status = Z_OK
    var left = input.count
    unsafe input.withUnsafeBufferPointer { source in
      // zlib only reads here; its declaration predates const.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(source.count)
      output.append(addingCapacity: byteCount) { span in
        unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
          unsafe stream.pointee.next_out = buffer.baseAddress?.advanced(by: initialized)
          unsafe stream.pointee.avail_out = UInt32(byteCount)
          status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
          unsafe initialized += byteCount - Int(stream.pointee.avail_out)
        }
      }
      left = unsafe Int(stream.pointee.avail_in)
    }
    switch status {
    case Z_OK, Z_BUF_ERROR: isBetweenMembers = false
    case Z_STREAM_END:
      isBetweenMembers = true
      unsafe inflateReset(stream)
    default: throw .gzipDamaged
    }
    return input.count - left
  }
}
