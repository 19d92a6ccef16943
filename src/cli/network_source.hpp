#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <saltus/io/model_file.hpp>
#include <saltus/io/network_file.hpp>

#include "cli/command_line.hpp"

namespace saltus {

/// A network and, if they were asked for, the weights it was saved with.
struct NetworkSource {
    NetworkFile file;
    std::optional<ModelFile> model;
    /// File of the model.
    std::filesystem::path model_path;
};

/// Reads the command's file, which is a network file (.toml) or a saved model, and --weights; then
/// puts the command's options in the place of what the network file says.
NetworkSource read_network_source(const CommandLine& command);

/// Puts the command's options in the place of what the network file says.
void apply_options(NetworkFile& file, const CommandLine& command);

/// What the network file describes, in a few words.
std::string title_of(const NetworkFile& file);

/// "784 input, 128 hidden, 10 output neurons; 101,632 weights"
std::string outline_of(const CompiledNetwork& network);

/// Largest memory that the process has occupied, in MiB.
double peak_memory_mib();

}  // namespace saltus
