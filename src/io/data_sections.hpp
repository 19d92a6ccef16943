#pragma once

#include <filesystem>

#include <saltus/io/network_file.hpp>

#include "io/toml_table.hpp"

namespace saltus {

/// [data]; `base` is where relative folders begin.
DataSection read_data_section(const TomlTable& table, const std::filesystem::path& base);

/// [encoding]
EncodingSection read_encoding_section(const TomlTable& table);

/// [augmentation]
AugmentationSection read_augmentation_section(const TomlTable& table);

/// [training]
TrainingSection read_training_section(const TomlTable& table);

/// `key = { type = "step", epochs = 10 }` or the name alone. @return its name and the schedule.
std::pair<std::string, Schedule> read_schedule(const TomlTable& table, std::string_view key);

}  // namespace saltus
