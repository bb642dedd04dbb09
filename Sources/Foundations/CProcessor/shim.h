#pragma once
#include <stdint.h>

// XCR0, the register state that the operating system saves. Clang's _xgetbv is a macro, which Swift does not
// import. Only call this where CPUID leaf 1 reports OSXSAVE: XGETBV is an illegal instruction otherwise.
static inline uint64_t processor_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}
