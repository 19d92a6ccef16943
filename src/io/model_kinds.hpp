#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/model_parts.hpp"
#include "io/toml_table.hpp"

namespace saltus {

/// The argument under a key, if there is one.
inline void take(const TomlTable& table, std::string_view key, std::optional<InitValue>& argument) {
    argument = read_value(table, key);
}

/// One class that a network file can name: its arguments, and how to read them.
template <typename Model>
struct Kind {
    std::string name;
    std::vector<std::string> arguments;
    std::unique_ptr<Model> (*read)(const TomlTable&);
};

/// @param arguments the table that holds the class's arguments, besides `own_keys`.
/// @param table, key where the class is named.
template <typename Model>
std::unique_ptr<Model> read_kind(const std::vector<Kind<Model>>& kinds, const std::string& what,
                                 const std::string& name, const TomlTable& arguments,
                                 std::vector<std::string> own_keys, const TomlTable& table,
                                 std::string_view key) {
    std::vector<std::string> names;
    for (const Kind<Model>& kind : kinds) {
        if (kind.name != name) {
            names.push_back(kind.name);
            continue;
        }
        own_keys.insert(own_keys.end(), kind.arguments.begin(), kind.arguments.end());
        arguments.require_known(own_keys);
        return arguments.locate(key, [&] { return kind.read(arguments); });
    }
    table.fail_unknown(key, what, name, names);
}

}  // namespace saltus
