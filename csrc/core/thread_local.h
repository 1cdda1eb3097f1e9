// TG_THREAD_LOCAL: a variable of each thread, of a few bytes, that small operations read. A library
// that Python loads reaches its thread-local variables by a call; glibc keeps some room beside the
// main program's for those that ask, and there they cost one load. Only constant initialisers, and
// few: the room is some hundred bytes for the whole process.
#pragma once

#include <cstddef>  // says whether the C library is glibc

#if defined(__GLIBC__) && defined(__x86_64__)
#define TG_THREAD_LOCAL [[gnu::tls_model("initial-exec")]] thread_local constinit
#define TG_INLINE_THREAD_LOCAL [[gnu::tls_model("initial-exec")]] inline thread_local constinit
#else
#define TG_THREAD_LOCAL thread_local constinit
#define TG_INLINE_THREAD_LOCAL inline thread_local constinit
#endif
