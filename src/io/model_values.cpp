#include <cmath>

#include <saltus/initializers/materialise.hpp>
#include <saltus/initializers/normal.hpp>
#include <saltus/initializers/uniform.hpp>

#include <fmt/format.h>

#include "common/text.hpp"
#include "io/model_parts.hpp"

namespace saltus {
namespace {

constexpr const char* kAdvice =
    "write a number, a list of numbers, or for example { normal = { mean = 0.0, sd = 1.0 } }";

double finite(const TomlTable& table, std::string_view key, double number) {
    if (std::isfinite(number)) return number;
    table.fail(key, fmt::format("{} of {} is {}", key, table.what(), number),
               "write a finite number");
}

std::vector<double> numbers_of(const TomlTable& table, std::string_view key,
                               const toml::array& list) {
    std::vector<double> numbers;
    numbers.reserve(list.size());
    for (const toml::node& element : list) {
        const std::optional<double> number = toml_number(element);
        if (!number) table.fail_type(key, "a list of numbers", element, kAdvice);
        numbers.push_back(finite(table, key, *number));
    }
    return numbers;
}

/// A list of rows.
Array matrix_of(const TomlTable& table, std::string_view key, const toml::array& rows) {
    std::vector<double> values;
    std::size_t columns = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const toml::node& node = rows[row];
        if (!node.is_array()) table.fail_type(key, "a list of rows", node, kAdvice);
        const std::vector<double> numbers = numbers_of(table, key, *node.as_array());
        if (row == 0) columns = numbers.size();
        if (numbers.size() != columns) {
            table.fail(key,
                       fmt::format("row {} of {} has {} numbers, but row 0 has {}", row, key,
                                   numbers.size(), columns),
                       "give every row the same number of columns");
        }
        values.insert(values.end(), numbers.begin(), numbers.end());
    }
    return {Shape{rows.size(), columns}, std::move(values)};
}

InitValue list_value(const TomlTable& table, std::string_view key, const toml::array& list) {
    if (list.empty()) table.fail(key, fmt::format("{} is an empty list", key), kAdvice);
    if (list[0].is_array()) return InitValue(matrix_of(table, key, list));
    return InitValue(numbers_of(table, key, list));
}

InitValue normal_value(const TomlTable& arguments) {
    arguments.require_known({"mean", "sd"});
    double mean = 0.0;
    double sd = 1.0;
    arguments.read("mean", mean);
    arguments.read("sd", sd);
    return InitValue(Normal(mean, sd));
}

InitValue uniform_value(const TomlTable& arguments) {
    arguments.require_known({"min", "max"});
    double min = 0.0;
    double max = 1.0;
    arguments.read("min", min);
    arguments.read("max", max);
    return InitValue(Uniform(min, max));
}

/// `{ normal = { mean = 0.0, sd = 1.0 } }`
InitValue initializer_value(const TomlTable& table, std::string_view key) {
    const TomlTable choice = table.require_table(key, fmt::format("{} of {}", key, table.what()));
    choice.require_known({"normal", "uniform"});
    const bool is_normal = choice.has("normal");
    if (is_normal == choice.has("uniform")) {
        table.fail(key, fmt::format("{} names {} initializers", key, is_normal ? "two" : "no"),
                   kAdvice);
    }
    const char* name = is_normal ? "normal" : "uniform";
    const TomlTable arguments = choice.require_table(name, name);
    return choice.locate(
        name, [&] { return is_normal ? normal_value(arguments) : uniform_value(arguments); });
}

}  // namespace

std::optional<InitValue> read_value(const TomlTable& table, std::string_view key) {
    if (!table.has(key)) return std::nullopt;
    const toml::node& node = table.require(key);
    if (const std::optional<double> number = toml_number(node)) {
        return InitValue(finite(table, key, *number));
    }
    if (const auto* list = node.as_array()) return list_value(table, key, *list);
    if (node.is_table()) return initializer_value(table, key);
    const auto* name = node.as_string();
    if (!name) table.fail_type(key, "a number or an initializer", node, kAdvice);
    return table.locate(key, [&] { return InitValue(initializer_by_name(name->get())); });
}

}  // namespace saltus
