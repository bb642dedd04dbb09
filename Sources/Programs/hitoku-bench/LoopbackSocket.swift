import Glibc

// Fence: Berkeley sockets, by descriptor, for measuring without Transport.

/// One end of a TCP connection over loopback, of which the other end is in the same process.
struct LoopbackSocket: Sendable {
  private let descriptor: Int32

  enum Failure: Error { case socket(errno: Int32) }

  /// Two connected ends.
  static func pair() throws -> (LoopbackSocket, LoopbackSocket) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001 as UInt32).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
        guard unsafe bind(listener, address, length) == 0, listen(listener, 1) == 0,
          unsafe getsockname(listener, address, &length) == 0
        else { return -1 }
        return unsafe connect(client, address, length)
      }
    }
    let server = accept(listener, nil, nil)
    guard status == 0, server >= 0 else { throw Failure.socket(errno: errno) }
    return (LoopbackSocket(descriptor: server), LoopbackSocket(descriptor: client))
  }

  /// Sends all bytes.
  func send(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let sent = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, 0)
      }
      guard sent > 0 else { throw Failure.socket(errno: errno) }
      done += sent
    }
  }

  /// Receives exactly `count` bytes.
  func receive(_ count: Int) throws -> [UInt8] {
    var status = 1
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count, status > 0 {
        status = unsafe recv(
          descriptor, buffer.baseAddress?.advanced(by: initialized), count - initialized, 0)
        initialized += max(0, status)
      }
    }
    guard bytes.count == count else { throw Failure.socket(errno: errno) }
    return bytes
  }

  func close() { Glibc.close(descriptor) }
}
