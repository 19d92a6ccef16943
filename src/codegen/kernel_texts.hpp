#pragma once

namespace saltus {

/// The files of kernels/ that generated sources begin with, embedded when the library is built.
extern const char* const kNeuronAbiText;
extern const char* const kVectorText;
extern const char* const kNeuronKernelText;
extern const char* const kNeuronAdvanceText;
extern const char* const kNeuronRetreatText;
extern const char* const kNeuronSurrogateText;

}  // namespace saltus
