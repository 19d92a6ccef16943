#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <saltus/network/init_value.hpp>

namespace saltus {

/// Values for arguments of one class, by argument name.
using ParameterDefaults = std::map<std::string, std::variant<bool, double>>;

/// Default arguments by class name ("LeakyIntegrateFire"): what a compiler wants models to be built
/// with unless the user says otherwise. Only the class of exactly that name is concerned.
using DefaultParams = std::map<std::string, ParameterDefaults>;

/// Fills arguments that the user left out from a class's defaults, name by name, and refuses names
/// that no argument has.
class DefaultsReader {
  public:
    DefaultsReader(const ParameterDefaults& defaults, std::string class_name);

    void take(const std::string& name, std::optional<InitValue>& argument);
    void take(const std::string& name, std::optional<bool>& argument);
    /// @throws ModelError for a default whose name was never taken.
    void finish() const;

  private:
    const ParameterDefaults& defaults_;
    std::string class_name_;
    std::vector<std::string> known_;
};

}  // namespace saltus
