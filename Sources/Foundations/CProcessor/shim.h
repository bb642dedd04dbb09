#pragma once
#include <stdint.h>

// XCR0, the register state that the operating system saves. Clang's _xgetbv is a macro, which Swift does not
// import. Only call this where CPUID leaf 1 reports OSXSAVE: XGETBV is an illegal instruction otherwise.
static inline uint64_t processor_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

// Asks for a cache line before it is read. Clang's builtin takes constants that Swift cannot pass.
static inline void processor_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }
