#pragma once

#include <string>

namespace saltus {

/// What a window meets beyond the border of its input.
enum class PadMode {
    kValid,  ///< nothing: it stays inside
    kSame,   ///< as much padding as gives ceil(input / stride) outputs, the odd one behind
    kFull    ///< padding on both sides, so that every overlap with the input is an output
};

/// "valid", "same" or "full".
std::string to_string(PadMode mode);

/// A PadMode, or its name.
class Padding {
  public:
    Padding(PadMode mode) : mode_(mode) {}  // NOLINT(google-explicit-constructor)
    /// @throws ModelError with the nearest name when there is no such mode.
    Padding(const std::string& name);           // NOLINT(google-explicit-constructor)
    Padding(const char* name);                  // NOLINT(google-explicit-constructor)
    operator PadMode() const { return mode_; }  // NOLINT(google-explicit-constructor)

  private:
    PadMode mode_;
};

}  // namespace saltus
