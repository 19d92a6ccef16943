#pragma once

#include <filesystem>
#include <string>

#include <saltus/io/model_file.hpp>
#include <saltus/io/network_file.hpp>

namespace saltus {

/// Makes sure, before the work, that a file can be written after it: its folder exists and takes
/// new files.
/// @param option the option that names the file, for the message.
/// @throws RuntimeFault (field "file") saying why not.
void require_writable(const std::filesystem::path& path, const std::string& option);

/// The network with its present weights. The network file's folder is kept as an absolute path, so
/// that the model finds its data from anywhere on this machine.
ModelFile model_of(const NetworkFile& file, const CompiledNetwork& network, Metrics metrics);

/// Gives every connection its weights from the model.
/// @throws ModelError when the two have different connections or shapes.
void apply_weights(CompiledNetwork& network, const ModelFile& model,
                   const std::filesystem::path& path);

}  // namespace saltus
