// TG_THREAD_LOCAL: a variable of each thread, of a few bytes, that small operations read. A library
// that Python loads reaches its thread-local variables by a call; glibc keeps some room beside the
// main program's for those that ask, and there they cost one load. Only constant initialisers, and
// few: the room is some hundred bytes for the whole process.
#pragma once

#include <cstddef>  // says whether the C library is glibc

#if defined(__GLIBC__) && defined(__x86_64__)
#define TG_THREAD_LOCAL thread_local constinit __attribute__((tls_model("initial-exec")))
#else
#define TG_THREAD_LOCAL thread_local constinit
#endif
