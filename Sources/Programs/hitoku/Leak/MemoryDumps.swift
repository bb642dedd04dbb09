#if Services
// Fence: setrlimit(2), and prctl(2), which has variable arguments and so is no function of Swift's.
import Glibc

/// Keeps this process's memory out of core files, and from debuggers of the same user: passwords lie in it.
func forbidMemoryDumps() throws {
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  // Core files that are piped to a program heed no limit, but do heed this (PR_SET_DUMPABLE is 4).
  typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
  guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0,
    let symbol = unsafe dlsym(nil, "prctl"),
    unsafe unsafeBitCast(symbol, to: Control.self)(4, 0, 0, 0, 0) == 0
  else {
    throw CommandFailure(
      "this system does not let a process keep its memory out of core files.",
      hint: "Passwords could end in one: nothing was read.", code: .noPermission)
  }
}
#endif
