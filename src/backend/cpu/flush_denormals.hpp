#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace saltus {

/// Flushes denormal numbers to zero on this thread while it exists: moments and adjoints that decay
/// below 1e-38 would otherwise make every operation on them ten times slower.
class FlushDenormals {
  public:
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;
#if defined(__SSE2__)
    FlushDenormals() : before_(_mm_getcsr()) {
        _mm_setcsr(before_ | 0x8040U);
    }
    ~FlushDenormals() {
        _mm_setcsr(before_);
    }

  private:
    unsigned before_;
#else
    FlushDenormals() = default;
#endif
};

}  // namespace saltus
