#pragma once

#include <string>

namespace saltus {

inline constexpr const char* kModelFormat = "saltus model";
/// Version 2 is that of models with synapses.
inline constexpr int kModelFormatVersion = 2;

/// A name in which no character means anything to HDF5: '/', '%', control characters and a leading
/// '.' become %XX.
std::string escaped_name(const std::string& name);

/// The name that was escaped; what is no escape stays as it is.
std::string unescaped_name(const std::string& name);

}  // namespace saltus
